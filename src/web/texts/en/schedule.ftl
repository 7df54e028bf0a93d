menu-schedules = Schedules
schedule-title = Schedules
schedule-back = To the schedules
schedule-new = New schedule
schedule-new-title = New schedule
schedule-edit-title = Change the schedule
schedule-name = Name
schedule-does = What it does
schedule-when-due = When
schedule-next = Next run
schedule-state = State
schedule-last = Last run
schedule-last-run = { $at }: { $state }
schedule-origin = Comes from
schedule-origin-configuration = the configuration file
schedule-origin-administrator = an administrator
schedule-its-end = its end
schedule-empty = There are no schedules yet. Make the first one, or write it into the configuration file.
schedule-waits-second = waits for a second administrator
schedule-state-in_force = in force
schedule-state-paused = paused
schedule-state-waiting = not approved yet
schedule-state-disabled = switched off
schedule-state-unreadable = cannot be read
schedule-unreadable-help = The stored content of this schedule cannot be read, so it starts nothing. Tell those who run the service.
schedule-none = none
schedule-none-paused = none while paused (until { $until })
schedule-none-waiting = None before a second administrator has approved it.
schedule-when = { $weekday } { $local }
schedule-does-refresh = Refresh run, { $purpose }: { $municipalities }
schedule-task-enrol = Decides who is followed
schedule-task-fetch = Fetches changes from VTJ
schedule-task-refresh = Reads the data of people who have changed
schedule-task-reconcile = Compares the register with VTJ
schedule-task-apply = Writes what has been approved
schedule-task-estate = Moves estate cases on
schedule-task-housekeeping = Closes and deletes what has come to its date
schedule-field-task = Starts
schedule-field-municipalities = Municipalities
schedule-field-segment = Selection
schedule-field-purpose = Purpose of use
schedule-field-budget = Query budget of one run
schedule-field-over_budget = If there are more people
schedule-field-cron = When
schedule-field-enabled = Switched on
schedule-field-overlap = If the earlier run goes on
schedule-field-start_within = May start late
schedule-field-catch_up = A missed run is made up for
schedule-field-skip_holidays = Left out on holidays
schedule-over_budget-wait = nobody is asked about; the run waits
schedule-over_budget-first = those unverified for longest come first
schedule-overlap-forbid = this one is left out
schedule-overlap-queue = this one starts afterwards
schedule-enabled-yes = yes
schedule-enabled-no = no: enabled = false in the configuration file
schedule-catch_up-yes = yes, once
schedule-catch_up-no = no
schedule-any-time = at any time
schedule-all-holidays = all holidays
schedule-no-holidays = none
schedule-days =
    { $count ->
        [one] one day
       *[other] { $count } days
    }
schedule-hours =
    { $count ->
        [one] one hour
       *[other] { $count } hours
    }
schedule-minutes =
    { $count ->
        [one] one minute
       *[other] { $count } minutes
    }
schedule-version-made = Version { $version }, made by { $by } on { $at }.
schedule-version-approved = Version { $version }, made by { $by } on { $at }, approved by { $approver }.
schedule-selected-then =
    { $count ->
        [one] It selected one person then.
       *[other] It selected { $count } people then.
    }
schedule-stopped = Every query to VTJ is stopped: by { $who } since { $since }, until somebody resumes them.
schedule-stopped-until = Every query to VTJ is stopped: by { $who } since { $since }, until { $until }.
schedule-stopped-because = Reason:
schedule-paused = Paused by { $who } since { $since }, until { $until }. Nothing is started meanwhile.
schedule-waiting-title = A change waits for a second administrator
schedule-second-help = Another person than the one who made the change approves it, with an account and a session of their own. Whoever made it may withdraw it.
schedule-approve = Approve version { $version }
schedule-withdraw = Withdraw version { $version }
schedule-of-configuration-help = This schedule stands in the configuration file and is changed there. It can be paused and run here.
schedule-run-now = Run now
schedule-edit = Change
schedule-pause = Pause
schedule-pause-again = Change the pause
schedule-resume = Resume
schedule-remove = Remove
schedule-keep = Keep it
schedule-content-title = What it says
schedule-runs-title = Last runs
schedule-no-runs = It has not been run yet.
schedule-all-runs = All its runs
schedule-history-title = History
schedule-added = added:
schedule-removed = removed:
schedule-happened-made = { $by } made version { $version } ({ $state }).
schedule-happened-approved = { $by } approved version { $version }.
schedule-happened-withdrawn = { $by } withdrew version { $version }.
schedule-happened-paused = { $by } paused it until { $until }.
schedule-happened-resumed = { $by } resumed it.
schedule-happened-pause_over = The pause came to its end.
schedule-happened-removed = { $by } removed it.
schedule-version-state-in_force = now in force
schedule-version-state-waiting = waits for a second administrator
schedule-version-state-former = no longer in force
schedule-version-state-withdrawn = withdrawn
schedule-next-title = The next ten runs
schedule-next-weekday = Weekday
schedule-next-local = Date and time
schedule-next-offset = Offset from UTC
schedule-next-notes = Note
schedule-next-left-out = left out: { $holiday }
schedule-done-saved = The schedule is saved and in force.
schedule-done-waits = The change is saved. It waits for a second administrator.
schedule-done-unchanged = Nothing was changed.
schedule-done-approved = The change is approved and in force.
schedule-done-withdrawn = The change is withdrawn.
schedule-done-paused = The schedule is paused.
schedule-done-resumed = The schedule is resumed.
schedule-done-removed = The schedule is removed. Its history stays on record.
schedule-done-stopped = Every query to VTJ is stopped.
schedule-done-queries_resumed = Queries to VTJ are asked again.
schedule-done-slices = The slices are set.
schedule-done-slices_ended = The slices have ended and every case is open.
schedule-problems = Something is not right yet. Nothing was changed.
schedule-error-name_taken = Another schedule has this name. Choose another.
schedule-error-of_configuration = This schedule stands in the configuration file. Change it there.
schedule-error-moved = Somebody else has changed the schedule meanwhile: its newest version is { $newest }.
schedule-error-nothing_waits = No change waits for a second administrator any more.
schedule-error-not_paused = The schedule is not paused.
schedule-error-changed = Somebody else has changed it meanwhile.
schedule-refused-not_administrator = Only registry administrators plan schedules and start runs.
schedule-refused-of_others = You are not administrator of { $lacking }. These are: { $who }.
schedule-refused-nobody = You are not administrator of { $lacking }, and nobody is administrator of all the municipalities. Ask for an account that is.
schedule-refused-same_account = Version { $version } was made by { $maker }, with this account. Another person approves it.
schedule-refused-same_os_user = Version { $version } was made by { $maker }, as the same user of the operating system. Another person approves it.
schedule-refused-same_session = Version { $version } was made by { $maker }, in the same session. Another person approves it.
schedule-weight-title = A second administrator is needed
schedule-weight-selects = This changes: { $fields }. The selection is { $number } people, which is more than { $limit }.
schedule-weight-budget = This changes: { $fields }. The query budget is { $number }, which is more than { $limit }.
schedule-weight-help = The change comes into force when another administrator has approved it.
schedule-wrong-no_municipality = Choose at least one municipality.
schedule-wrong-unknown_municipalities = These municipalities have no permit here: { $municipalities }.
schedule-wrong-budget = Write a number from 1 to 10 000 000.
schedule-wrong-start_within = Write at least one minute, such as 6h.
schedule-wrong-unknown_purpose = Choose one of the purposes of use.
schedule-wrong-no_change_interface = The change interface is not configured, so the whole register cannot be kept true here.
schedule-wrong-not_open_to = This purpose of use is not open to { $municipalities }.
schedule-wrong-no_query_interface = The single-person query is not configured; choose the upkeep of the patron register.
schedule-wrong-segment = The configuration does not say which patron groups are home-service patrons.
schedule-unusable-name = A name has 1 to 60 letters, digits, spaces and the marks - _ . between them.
schedule-unusable-code = There is a personal identity code in the text: leave it out.
schedule-unusable-kind = A schedule starts either a task or a refresh run; that cannot be changed.
schedule-unusable-no_reason = Say in a few words why.
schedule-unusable-long_reason = Write at most { $most } characters.
schedule-unusable-pause_end = A pause ends in the future, { $last } at the latest.
schedule-choose-when = Choose when it runs.
schedule-choose-holidays = Choose from the holidays of the list.
schedule-needed-budget = Say how many people one run may ask about at most.
schedule-needed-purpose = Choose a purpose of use.
schedule-needed-municipality = Choose at least one municipality.
schedule-number = Write a number from { $least } to { $most }.
schedule-euros = Write euros, such as 12.50.
schedule-write-time = Write minutes, hours or days: 90m, 6h or 2d.
schedule-write-day = Choose a day.
schedule-end-passed = This day has passed. Choose a later one.
schedule-segment-position = The selection cannot be read from character { $position } on.
schedule-segment-bounds = The selection is too large, or a value is out of bounds.
schedule-cron-field_count = Write five fields: minute, hour, day, month and weekday. There are { $found } now.
schedule-cron-seconds = There are { $found } fields. Leave out seconds and year, and write five.
schedule-cron-reboot = @reboot is not a time. Write one, such as @daily.
schedule-cron-shorthand = { $text } is not known. Write @hourly, @daily, @weekly, @monthly or @yearly.
schedule-cron-special = { $text }: L, W and # are not read here.
schedule-cron-value = { $text }: write a number from { $low } to { $high }, a range, a list or *.
schedule-cron-backwards = { $text } runs backwards. Write { $instead }.
schedule-cron-step_without_range = { $text }: a step needs a range. Write { $instead }.
schedule-cron-step = { $text }: a step is a number from 1 to { $high }.
schedule-cron-day_and_weekday = Day and weekday are both set. Write { $day } or { $weekday }, or make two schedules.
schedule-cron-impossible_date = No year has such a day (day { $day }, month { $month }).
schedule-label-name = Name
schedule-hint-name = Such as: before collection. Write no name of a person.
schedule-when-own = Own expression, for experts
schedule-label-expression = Expression
schedule-hint-expression = Minute, hour, day, month and weekday on the clock of Helsinki, such as 0 6 * * WED.
schedule-explain-title = What an expression means
schedule-explain = Explain
schedule-more-times = Holidays, lateness, earlier runs
schedule-label-start_within = May start late at most
schedule-hint-start_within = 90m, 6h or 2d. Empty: at any time.
schedule-label-overlap = If the earlier run goes on
schedule-label-catch_up = Make up once for a run that nobody was there to start
schedule-segment-title = Which patrons
schedule-by-rows = Choose here
schedule-by-rows-help = All that you choose must hold. Nothing chosen: every patron of the municipalities.
schedule-box-never_verified = never verified
schedule-box-wrong_contact_details = wrong contact details
schedule-box-open_debts = unpaid fees
schedule-box-home_service = home-service patron
schedule-no-home-service = Home-service patrons cannot be chosen: the configuration names no patron group of theirs.
schedule-label-open_debts_over = Unpaid fees over (euros)
schedule-hint-open_debts_over = Empty: any amount, if unpaid fees are chosen.
schedule-label-not_verified_for = Not verified for (months)
schedule-label-collection_within = Due for collection within (days)
schedule-label-turning_15_within = Turning 15 within (days)
schedule-label-home_library = Home library
schedule-hint-home_library = Exactly as in the register; several separated by semicolons.
schedule-label-patron_group = Patron group
schedule-hint-patron_group = Exactly as in the register; several separated by semicolons.
schedule-label-language = Language
schedule-label-age_comparison = Age compared
schedule-age-under = under
schedule-age-at_most = at most
schedule-age-exactly = exactly
schedule-age-at_least = at least
schedule-age-over = over
schedule-label-age = Age (years)
schedule-by-text = Write the selection, for experts
schedule-label-segment = Selection as text
schedule-hint-segment = Such as:
schedule-count = Count
schedule-counted =
    { $count ->
        [one] One person: { $reading }
       *[other] { $count } people: { $reading }
    }
schedule-label-budget = Query budget: people one run may ask about at most
schedule-hint-budget = A run that would pass it stops before it begins.
schedule-label-over_budget = If there are more people
schedule-preview = Preview
schedule-preview-help = Nothing is saved before you have seen the preview, and nothing is asked of VTJ.
schedule-preview-title = Preview
schedule-preview-lead = This is what would happen if it ran now. Nothing is saved yet.
schedule-changes-title = What changes
schedule-no-changes = Nothing changes.
schedule-numbers-title = What it would ask, cost and bring
schedule-number-selects = Selects
schedule-number-people = People
schedule-number-left-out = Left out
schedule-number-budget = Query budget
schedule-number-requests = Requests
schedule-number-price = Price
schedule-number-time = Time
schedule-number-queue = Review queue
schedule-nobody = nobody
schedule-over = over the budget
schedule-people =
    { $count ->
        [one] One person may be asked about
       *[other] { $count } people may be asked about
    }
schedule-budget-within = { $asked } of { $most } people, { $left } left
schedule-budget-waits = { $over } people too many for { $most }: nobody would be asked about, the run would wait
schedule-budget-first = The { $most } unverified for longest would be asked about, { $over } would not be checked
schedule-requests-base_data =
    { $count ->
        [one] one request for base data
       *[other] { $count } requests for base data
    }
schedule-requests-single_query =
    { $count ->
        [one] one request about one person
       *[other] { $count } requests about one person each
    }
schedule-price = { $euros } €
schedule-time =
    { $count ->
        [one] one minute at most
       *[other] { $count } minutes at most
    }
schedule-queue-own_year = { $from } to { $to } cases to expect, as in the last year here
schedule-queue-elsewhere = { $from } to { $to } cases to expect, as in address checks elsewhere
schedule-shares-title = By municipality
schedule-municipality = Municipality
schedule-ceilings-title = What the ceilings leave
schedule-ceiling = Ceiling
schedule-ceiling-then = Used then
schedule-ceiling-left = Left
schedule-ceiling-reached = A ceiling would be passed: the run would not begin today.
schedule-ceiling-used = { $used } of { $ceiling }
schedule-ceiling-installation-day = the whole installation, today
schedule-ceiling-installation-month = the whole installation, this month
schedule-ceiling-municipality-day = { $name }, today
schedule-ceiling-municipality-month = { $name }, this month
schedule-ceiling-purpose-day = { $name }, today
schedule-ceiling-purpose-month = { $name }, this month
schedule-no-sample = There is no sample: the selection is too small to show one without telling of a person.
schedule-sample-title = Some of those who would be asked about first, masked
schedule-sample-card = Card
schedule-sample-group = Patron group
schedule-sample-language = Language
schedule-sample-verified = Verified
schedule-no-group = no group
schedule-never-verified = never
schedule-nothing-asked = Nothing was asked of VTJ for this.
schedule-save = Save
schedule-save-waits = Save; a second administrator approves
schedule-change = Change
schedule-pause-title = Pause the schedule
schedule-pause-lead = Everything of the schedule stays. Nothing is started until the day you choose, or until somebody resumes it.
schedule-pause-feed = This schedule fetches changes. VTJ keeps changes for 14 days.
schedule-pause-urgent = By the end of this pause changes will not have been fetched for { $days } days. VTJ keeps them for 14, so nothing may go wrong then.
schedule-pause-lost = By the end of this pause changes will not have been fetched for { $days } days. VTJ keeps them for 14, so everyone will have to be read again, at a price.
schedule-pause-known = I know what this pause leads to
schedule-label-reason = Reason
schedule-hint-reason = A few words. Others see them; write no name and no identity code.
schedule-label-until = May start again on
schedule-hint-until = From midnight of this day on, a year from now at most.
schedule-remove-title = Remove the schedule
schedule-remove-lead = { $name } will not start any more. Its versions and runs stay on record, and its name becomes free.
schedule-run-title = Run the schedule now
schedule-run-task = It starts one round of the task. The task does what is due.
schedule-run-not = Do not run
schedule-queries-title = Queries to VTJ
schedule-queries-stop = Stop every query
schedule-queries-resume = Resume the queries
schedule-queries-lead = The emergency brake: from this moment nothing is asked of VTJ, neither by schedules nor by members of staff. What needs no VTJ goes on.
schedule-queries-resume-lead = When you resume, schedules and members of staff ask VTJ again.
schedule-queries-again = Change reason or end
schedule-queries-reason = Say in a few words why, in one line of at most { $most } characters.
schedule-queries-not_stopped = The queries are not stopped.
schedule-label-stop-until = Ends by itself on (optional)
schedule-hint-stop-until = From midnight of this day on. Empty: until somebody resumes.
schedule-slices-title = First load in slices
schedule-slices-lead = The first comparison of a register brings many cases at once. So many a day can be opened at most. Deaths, non-disclosure for personal safety, identity codes and answers that fit nobody are opened at once all the same.
schedule-slices-none = There are no slices: every case is opened as it is found.
schedule-slices-state = { $per_day } cases a day, chosen by { $who } on { $since }. { $opened } opened so far, { $left } left, about { $days } days.
schedule-slices-order = Opened first: { $order }; then the oldest.
schedule-slices-per-day = Cases a day
schedule-slices-number = Write a number from 1.
schedule-slices-first = What is opened first
schedule-slices-place = { $place }. place
schedule-slices-oldest = the oldest
schedule-slices-save = Set the slices
schedule-slices-end = End the slices
schedule-slices-end-help = Everything that is held back is opened at once.
schedule-priority-debts = unpaid fees
schedule-priority-wrong_contact_details = wrong contact details
schedule-priority-invoice_sent = invoice sent
schedule-priority-borrowing_ban = borrowing ban
schedule-priority-use_ban = use ban
schedule-left-out-organisation = organisation
schedule-left-out-no_code = no personal identity code
schedule-left-out-test_code = test code
schedule-left-out-birth_date_disagrees = birth date disagrees with the identity code
schedule-left-out-impossible_age = impossible age
schedule-left-out-restricted = processing is restricted
schedule-left-out-objected = has objected
schedule-left-out-pre_registration = pre-registration
schedule-left-out-no_permit = the municipality has no permit
schedule-left-out-not_in_register = not in the last register file
schedule-left-out-test_pending = to be examined again
schedule-left-out-code_changed = the identity code has changed
schedule-left-out-code_passivated = the identity code is passivated
schedule-left-out-forgotten = no longer kept
schedule-left-out-does_not_open = the row cannot be opened
schedule-left-out-other_municipality = belongs to another municipality now
schedule-left-out-unreadable = could not be read
schedule-left-out-vtj = VTJ refused or did not answer
