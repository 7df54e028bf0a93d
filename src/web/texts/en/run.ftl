menu-runs = Runs
run-title = Runs
run-one-title = Run
run-at = Due
run-schedule = Schedule
run-state = State
run-all = all
run-filter = Show
run-none = Nothing has been run yet.
run-none-of-filter = No run fits. Choose another schedule or state.
run-pages = Pages
run-first-page = Newest
run-next-page = Older
run-state-planned = planned
run-state-running = under way
run-state-waiting_for_budget = waits for the query budget
run-state-done = done
run-state-partly_done = partly done
run-state-failed = failed
run-state-skipped = skipped
run-state-missed = missed
run-said-planned = It is planned and has not begun.
run-said-running = It is under way.
run-said-waiting_for_budget = It waits.
run-said-done = It is done.
run-said-partly_done = It is partly done.
run-said-failed = It failed.
run-said-skipped = It was skipped.
run-said-missed = It was missed.
run-said-missed_many = { $count } due times in a row were missed.
run-said-because = { $said } Reason: { $reason }.
run-reason-overlap = an earlier run of the schedule had not ended
run-reason-holiday = the schedule is not started on this holiday
run-reason-paused = the schedule was paused
run-reason-queries_stopped = every query to VTJ was stopped
run-reason-cancelled = somebody cancelled it
run-reason-removed = the schedule was removed before the run began
run-reason-done_already = the task had been done since the due time
run-reason-too_late = it could not begin within the time in which it may still start
run-reason-nobody_ran = the service was not running
run-reason-over_budget = the selection holds more people than the query budget
run-reason-ceiling = it would pass a ceiling of the single-person query
run-reason-errors = some could not be read and were put aside
run-reason-vtj = VTJ did not answer, or refused
run-reason-database = the database failed
run-reason-register = the patron register failed
run-reason-cursor_too_old = changes have not been fetched for longer than VTJ keeps them
run-reason-not_configured = the interface it needs is not configured
run-reason-not_usable = a municipality, the purpose or the selection cannot be used now
run-reason-not_available = this version of the program cannot do it
run-unchecked-nobody_selected = Nobody was selected.
run-unchecked-nobody = None of the { $people } people is left unchecked.
run-unchecked-failed = { $failed } of the { $people } people could not be checked.
run-unchecked-left = { $left } of the { $people } people were not checked.
run-unchecked-both = { $left } of the { $people } people were not checked, and { $failed } could not be.
run-note = Noted by the program:
run-progress-label = Progress
run-progress = { $done } of { $people } people
run-progress-rate = { $done } of { $people } people, { $rate } a second, about { $left } left
run-progress-none = Nobody has been chosen yet.
run-seconds =
    { $count ->
        [one] one second
       *[other] { $count } seconds
    }
run-minutes =
    { $count ->
        [one] one minute
       *[other] { $count } minutes
    }
run-hours =
    { $count ->
        [one] one hour
       *[other] { $count } hours
    }
run-refresh = Refresh
run-cancel = Cancel the run
run-cancel-help = What VTJ has answered stays.
run-retry = Ask about those who were not checked
run-retry-help = A new run asks about those of this one who were not checked or were put aside.
run-numbers-title = Numbers
run-fact-origin = Started as
run-fact-started_by = Started by
run-fact-version = Version of the schedule
run-fact-due_at = Due
run-fact-planned_at = Planned
run-fact-started_at = Began
run-fact-finished_at = Ended
run-fact-try_again_at = Goes on
run-fact-purpose = Purpose of use
run-fact-budget = Query budget
run-fact-people = People
run-fact-asked = VTJ has answered about
run-fact-reused = of whom an earlier answer served
run-fact-left_out = Left out
run-fact-put_aside = Put aside
run-fact-not_checked = Not checked
run-fact-changed = New answers
run-fact-requests = Requests answered
run-fact-disclosures = Requests in the disclosure log
run-fact-cases = Cases found
run-fact-retry_of = Goes on from
run-earlier = the earlier run
run-origin-schedule = by its schedule
run-origin-catch_up = made up for
run-origin-by_hand = by hand
run-origin-retry = goes on from another run
run-left-out-title = Left out
run-why = Why
run-put-aside-title = Put aside
run-put-aside-more = and { $count } more
run-card = Card
run-masked = masked
run-done-started = The run is planned. It begins in a moment.
run-done-cancelled = The run is cancelled.
run-done-cancel_asked = The run ends after the batch it is at.
run-done-retried = A new run is planned. It begins in a moment.
run-refused-held = Another run is under way. Try again when it has ended.
run-refused-paused = The schedule is paused until { $until }. Resume it first.
run-refused-another_open = Another run of the schedule has not ended: { $state }. Cancel it, or wait for its end.
run-refused-ended = The run has ended: { $state }.
run-refused-ended_meanwhile = The run has ended meanwhile.
run-refused-round_under_way = A round of a task ends by itself and cannot be cut short.
run-refused-of_task = A round of a task is about what is due. Run its schedule now instead.
run-refused-not_ended = The run has not ended: { $state }.
run-refused-retried_by = A later run has gone on from this one.
run-refused-nobody_left = Nobody of the run is left to ask about.
run-refused-removed = Its schedule was removed.
