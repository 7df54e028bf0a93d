-- What the metrics and housekeeping count of everybody, answered from an index alone: the rows are long.
CREATE INDEX person_follow_state ON person (follow_state, unfollowed_because);
CREATE INDEX inbox_quarantined ON inbox (state) WHERE state = 'quarantined';
CREATE INDEX disclosure_outcome ON disclosure (interface, outcome);
