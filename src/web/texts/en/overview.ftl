menu-overview = Overview
overview-title = Today
overview-today = What needs you
overview-overdue-help = A death is overdue after 30 days, a case of non-disclosure after the day it was found, anything else after 14 days.
overview-late = late
overview-health = Is everything well
overview-good = Well
overview-look = Look into it
overview-queries = Queries to VTJ
overview-queries-stopped = Every query was stopped by { $name } on { $time }.
overview-feed = Change feed
overview-feed-nobody = Nobody is followed yet.
overview-feed-fine = Changes were last fetched on { $time }.
overview-feed-silent = No changes for { $hours } hours, last on { $time }.
overview-feed-urgent = { $days } days left: changes last came on { $time }, and VTJ keeps them for 14 days.
overview-feed-lost = Changes last came on { $time }. Some may be lost, and everyone may have to be read again.
overview-certificate-ca = Authority’s certificate towards VTJ
overview-certificate-identity = Own certificate towards VTJ
overview-certificate-web = Certificate of these pages
overview-certificate-days = Good for { $days } more days.
overview-certificate-over = It has ended.
overview-certificate-unreadable = It cannot be read.
overview-budget-day = Query budget today
overview-budget-month = Query budget this month
overview-budget-of = { $used } of { $ceiling } used.
overview-budget-used = { $used } used, no ceiling.
overview-queue = Review queue
overview-queue-none = There is nothing to review.
overview-queue-chart = Open cases by kind
overview-queue-caption = Open cases by kind and age
overview-as-table = The same as a table
overview-kind = Kind
overview-total = In all
overview-age-0 = 0–7 days
overview-age-1 = 8–14 days
overview-age-2 = 15–30 days
overview-age-3 = over 30 days
overview-runs = Last runs
overview-runs-none = There have been no runs yet.
overview-run-schedule = Schedule
overview-run-at = Time
overview-run-state = State
overview-run-not-checked = Not checked
overview-run-planned = planned
overview-run-running = running
overview-run-waiting_for_budget = waiting for budget
overview-run-done = done
overview-run-partly_done = partly done
overview-run-failed = failed
overview-run-skipped = skipped
overview-run-missed = missed
overview-decisions = Decisions by week
overview-decisions-none = Nothing has been decided in twelve weeks.
overview-decisions-chart = Decisions a week; Monday of the week
overview-decisions-caption = Decisions by week and kind
overview-week = Week from
overview-rules = Share rejected by rule
overview-rules-help = A rule whose proposals are often rejected may be wrong. Decisions of twelve weeks.
overview-rule = Rule
overview-rule-decisions = Decisions
overview-rule-rejected = Rejected
overview-rule-share = Share
overview-percent = { $share } %
overview-few = too few decisions
overview-rule-address_permanent_domestic = Permanent address differs
overview-rule-address_permanent_foreign = Permanent foreign address differs
overview-rule-address_temporary_domestic = Temporary address differs
overview-rule-address_temporary_foreign = Temporary foreign address differs
overview-rule-address_postal_domestic = Postal address differs
overview-rule-address_postal_foreign = Foreign postal address differs
overview-rule-address_contact_domestic = Contact address differs
overview-rule-address_contact_foreign = Foreign contact address differs
overview-rule-permanent_address_abroad = Permanent address is abroad
overview-rule-home_municipality_abroad = Home municipality is abroad
overview-rule-surname_differs = Surname differs
overview-rule-first_names_differ = First names differ
overview-rule-names_differ = Surname and first names differ
overview-rule-death_registered = Death registered
overview-rule-declared_dead = Declared dead
overview-rule-death_signalled = Death reported by the change feed
overview-rule-death_contradicted = Death contradicted
overview-rule-death_denied = VTJ says the person lives
overview-rule-death_taken_back = Report of death taken back
overview-rule-order_in_force = Non-disclosure in force
overview-rule-order_signalled = Non-disclosure reported by the change feed
overview-rule-order_ended = Non-disclosure ended
overview-rule-code_replaced = Identity code replaced
overview-rule-answered_under_another_code = Answered under another code
overview-rule-successor_is_another_patron = New code is another patron’s
overview-rule-code_change_signalled = Change of code reported
overview-rule-code_passivated = Code passivated
overview-rule-code_date_disagrees = Code and birth date disagree
overview-rule-birth_date_disagrees = Birth date differs
overview-rule-names_do_not_fit = Names do not fit
overview-rule-answer_of_somebody_else = Answer about somebody else
overview-rule-not_in_answer = Not in the answer
overview-rule-language_differs = Contact language differs
overview-rule-language_missing = Contact language missing
overview-rule-guarantor_dead = Guarantor dead
overview-rule-guardians_differ = Custodians or legal guardians differ
overview-rule-age_limit_reached = Age limit reached
overview-rule-answer_unreadable = Answer unreadable
overview-rule-claimed_address = Address from another source
overview-rule-claimed_address_abroad = Foreign address from another source
overview-rule-claimed_name = Name from another source
overview-rule-claimed_language = Language from another source
overview-open = { $count ->
    [one] case to review
   *[other] cases to review
}
overview-overdue = { $count ->
    [one] overdue case
   *[other] overdue cases
}
overview-assigned = { $count ->
    [one] case assigned to you
   *[other] cases assigned to you
}
overview-protected = { $count ->
    [one] case about protection or an identity code
   *[other] cases about protection or an identity code
}
