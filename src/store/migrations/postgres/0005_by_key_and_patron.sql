-- What is sealed of a patron's changes is found without reading everybody's when protection starts.
CREATE INDEX inbox_patron ON inbox (patron) WHERE sealed IS NOT NULL;
