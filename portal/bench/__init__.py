"""What `script/bench` measures: a site of known size, one address more, and the reader with the stopwatch.

Never part of a site: only `portal.bench.settings` knows the address.
"""
