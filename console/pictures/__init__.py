"""Pictures: what each screen and partial shows, as frozen values. No ORM, no rules, no clock.

Builders fill a picture from the database, a template draws it, and the same partial serves the
page, an htmx answer and a live frame. Sentences arrive translated; templates add only labels.

Every screen is rendered with two variables: ``shell`` (a `shell.Shell`) and ``page`` (the screen's
picture). Every partial takes exactly one variable, named in the table.

=====================================  ==========  =====================  ======================
template (under console/)              variable    picture                root id / container id
=====================================  ==========  =====================  ======================
live/_tile.html                        tile        wall.Tile              tile-<key> / wall-<group>
live/_metrics.html                     metrics     wall.WallMetrics       wall-metrics
live/_listed_call.html                 tile        wall.Tile              listed-<key> / calls-<group>
live/_call_bar.html                    bar         live.CallBar           call-bar
live/_state_bar.html                   state       live.StateBar          state-bar
live/_escalation.html                  escalation  live.Escalation        escalation-<key> / escalations
live/_turn.html                        turn        live.TurnRow           turn-<key> / transcript
live/_event.html                       event       live.EventRow          event-<key> / transcript
live/_line.html                        line        either of the two      as above
live/_field.html                       field       intake.FieldRow        field-<key> / fields
live/_intake_status.html               status      intake.IntakeStatus    intake-status
live/_action.html                      action      intake.ActionRow       action-<key> / actions
live/_dock.html                        bar         live.CallBar           dock
approvals/_queue_row.html              row         approvals.QueueRow     queue-<key> / queue
approvals/_review.html                 review      review.Review          review
approvals/_diff.html                   changes     tuple[review.ChangeRow] -
approvals/_quote.html                  quote       review.EvidenceCard    e<number>
approvals/_undo.html                   undo        review.UndoStrip       undo
approvals/_decision.html               decision    review.Decision        decision
calls/_row.html                        row         calls.CallListRow      call-<key> / calls
calls/_section.html                    section     calls.SummarySection   section-<key>
runs/_row.html                         row         runs.RunListRow        run-<key> / runs
runs/_step.html                        step        runs.StepRow           step-<key> / steps
runs/_delivery.html                    delivery    runs.Delivery          delivery
outbox/_outbox_row.html                row         outbox.OutboxRow       outbox-<key> / outbox
=====================================  ==========  =====================  ======================

A live frame whose root id is on the page replaces that element; otherwise the row goes into its
container (the frame's ``target``), placed by ``data-order``. Keys are short and safe in an id
(letters, digits, ``-_``). Beyond that:

- ``target`` "notices" (a `_banner.html`) and "undo-slot" (an `_undo.html`) are emptied first;
- ``html`` "" with ``key`` = a root id takes that element off the page (an escalation that closed);
- kind ``turn.partial`` carries ``data {turn, text}`` and no html; the row must be there already;
- ``data {badges: {live: {count, words}}}`` sets the counts of the rail;
- tiles always go to "wall-attention" or "wall-progress": beside a call the browser makes the short
  list row out of the same tile;
- "_queue_row.html" of a new proposal waits behind "Show n new"; a known one is replaced in place.
"""
