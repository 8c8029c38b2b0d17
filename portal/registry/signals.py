"""What the registry tells the rooms above, inside the transaction of its act.

`record_destroyed` comes with `record`, whose content still stands: rooms take away what they hold of it.
"""

from django.dispatch import Signal

record_destroyed = Signal()

#: What stands in a row of a room where a text must stand, once its record is destroyed by rule.
CLEARED = "Gallrad"
