"""No digit and no word of a stored result changes unnoticed: what each method made of the examples is written down here.

A count that is made again must give the bytes that were stored under its key, and the key names the method by its version. If this test
fails, either something broke, or METHOD_VERSION gets a new number and this table a new row; rows of versions past stay as a record.
"""

import hashlib

import pytest

from evaluations.scoring import METHOD_VERSION, canonical_bytes, count, explain_all
from tests.factories.scoring import an_example

MADE = {
    "2": {
        "stage-1": ("229933342e429647", "2571075f3510538c"),
        "extra-selection": ("989116bade2b1599", "2ca42baf7f98c8b3"),
        "stage-2": ("8ea5209416df12eb", "a619f67ce33b82ec"),
        "rehearsal": ("a7cb3ee535e78471", "c7a1109f70cf9e1b"),
    },
    # Of sheets with the total that leaves all count alike in the means of the criteria.
    "3": {
        "stage-1": ("67901189b3ddf1c0", "2571075f3510538c"),
        "extra-selection": ("b661e99e0943d79a", "2ca42baf7f98c8b3"),
        "stage-2": ("5f4c139e2d0fc873", "a619f67ce33b82ec"),
        "rehearsal": ("8055b5a878688334", "4a3a36a2cc9d87fd"),
    },
    # Reasons, flags and words of the explanation say who decided, by which rule, and no number that does not hold.
    "4": {
        "stage-1": ("d52d4a6d37d73efc", "0514b94a92b85c28"),
        "extra-selection": ("c5ba2a13776333a3", "2ca42baf7f98c8b3"),
        "stage-2": ("5f6cad527701b2eb", "fbe0ed5c4186be81"),
        "rehearsal": ("5052b5c1d12573f3", "cdd04d988ae0bd05"),
    },
    # The committee's decisions on teams level on the line are counted.
    "5": {
        "stage-1": ("73fb9bb5fe2b4f30", "0514b94a92b85c28"),
        "extra-selection": ("f7e8f9ee320937f3", "2ca42baf7f98c8b3"),
        "stage-2": ("4277e3df764adfdb", "fbe0ed5c4186be81"),
        "rehearsal": ("00e4132bda9652ff", "cdd04d988ae0bd05"),
    },
    # A sheet that is left out in name alone is said to be one of several.
    "6": {
        "stage-1": ("fe4e7ff3bdb71190", "0514b94a92b85c28"),
        "extra-selection": ("109fdd231b49bb55", "2ca42baf7f98c8b3"),
        "stage-2": ("b7a9af8c96789926", "fbe0ed5c4186be81"),
        "rehearsal": ("baa3b3088e379b04", "746377f26b8c3dbe"),
    },
    # A decision at the line counts between the teams it was made between, and no others.
    "7": {
        "stage-1": ("2dbcdda44eb4f53c", "0514b94a92b85c28"),
        "extra-selection": ("f793004fdea30649", "2ca42baf7f98c8b3"),
        "stage-2": ("b38838ee6a6a6aad", "fbe0ed5c4186be81"),
        "rehearsal": ("0d57bebed89bd793", "746377f26b8c3dbe"),
    },
}
"""version → stage → first digits of the SHA-256 of the result, its inputs' digests left out, and of the explanation"""


@pytest.mark.parametrize("slug", MADE[METHOD_VERSION])
def test_a_method_makes_the_same_of_the_same(slug):
    rules, evidence = an_example(slug)
    result = count(rules, evidence)

    said = {key: value for key, value in result.to_json().items() if key not in ("config_digest", "input_digest")}
    told = explain_all(rules, evidence, result)

    made = tuple(hashlib.sha256(canonical_bytes(data)).hexdigest()[:16] for data in (said, told))
    assert made == MADE[METHOD_VERSION][slug]
