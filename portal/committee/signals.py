"""What the committee tells the rooms that pushed a matter.

Each is sent inside the transaction of its act, so that an answer that fails undoes the act.

`chairs_proposal_made(matter)`: the chair adopted the officers' amounts or changed them; the room that
pushed the matter answers with the decision points that say so (`DecisionPoint.objects.write`).
`matter_decided(matter, decision)`: the committee decided finally.
`matter_returned(matter, decision)`: referred back to the administration.
`report_sent_back(matter, review)`: a head sent the officers' report back before the committee got it.

How the associations are told is no signal: see `portal.committee.letter_facts.Writer`.
"""

from django.dispatch import Signal

chairs_proposal_made = Signal()
matter_decided = Signal()
matter_returned = Signal()
report_sent_back = Signal()
