"""The office's pages of this room, in the order in which its menu has them."""

from django.contrib import admin

from evaluations.proceedings.admin.proposals import ProposalAdmin
from evaluations.proceedings.admin.stages import ProcedureAdmin
from evaluations.proceedings.models import Procedure, Proposal

admin.site.register(Procedure, ProcedureAdmin)
admin.site.register(Proposal, ProposalAdmin)
