-- All that a segment can ask about a patron, in the order of the municipality: whom it selects is counted without
-- reading the long rows.
CREATE INDEX patron_segment ON patron (municipality, id, patron_group, home_library, language, birth_date,
    unpaid_fees_cents, open_loans, oldest_due_date, notes);
CREATE INDEX person_segment ON person (patron, follow_state, unfollowed_because, enrol_due, answer, answered_at);
