-- Wrapped data keys are in a file of their own on SQLite (sqlite_keys/); this number keeps the two
-- databases' migrations alike.
SELECT 1;
