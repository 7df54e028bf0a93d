-- Only SQLite has row numbers beside primary keys; this number keeps the two databases' migrations alike.
SELECT 1;
