-- Whose base data is due is asked one municipality at a time.
DROP INDEX person_refresh;
CREATE INDEX person_refresh ON person (municipality, refresh_due_at, patron) WHERE refresh_due_at IS NOT NULL;

-- A person who leaves is found without reading every list; the primary key finds the members of one list.
DROP INDEX follow_member_present;
CREATE INDEX follow_member_present ON follow_member (patron, list) WHERE left_version IS NULL;
