-- What was committed under a lease that somebody else had taken by then. A daemon of the test names its process in
-- `test.process`; the holder of a lease names its own.
CREATE TABLE test_stale (
    at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    wrote TEXT NOT NULL,
    lease TEXT NOT NULL,
    writer TEXT NOT NULL,
    holder TEXT NOT NULL
);
CREATE FUNCTION test_watch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    writer TEXT := coalesce(current_setting('test.process', true), '');
    of_lease TEXT := coalesce(to_jsonb(NEW) ->> TG_ARGV[0], ltrim(TG_ARGV[0], '='));
    held_by TEXT;
BEGIN
    SELECT split_part(l.holder, ' ', 2) INTO held_by FROM lease l WHERE l.task = of_lease;
    IF writer <> '' AND held_by <> writer THEN
        INSERT INTO test_stale (wrote, lease, writer, holder) VALUES (TG_TABLE_NAME, of_lease, writer, held_by);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER test_watch AFTER INSERT OR UPDATE ON task_run
    FOR EACH ROW EXECUTE FUNCTION test_watch('task');
CREATE TRIGGER test_watch AFTER INSERT ON disclosure
    FOR EACH ROW EXECUTE FUNCTION test_watch('task');
CREATE TRIGGER test_watch AFTER INSERT ON audit
    FOR EACH ROW WHEN (NEW.actor_kind = 'task') EXECUTE FUNCTION test_watch('actor');
CREATE TRIGGER test_watch AFTER INSERT OR UPDATE ON run_person
    FOR EACH ROW EXECUTE FUNCTION test_watch('=run');

-- A run is carried out under one of two leases, whose epoch it names.
CREATE FUNCTION test_watch_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    writer TEXT := coalesce(current_setting('test.process', true), '');
BEGIN
    IF writer <> '' AND NOT EXISTS (
        SELECT 1 FROM lease l
        WHERE l.task IN ('run', 'rounds') AND l.epoch = NEW.epoch AND split_part(l.holder, ' ', 2) = writer)
    THEN
        INSERT INTO test_stale (wrote, lease, writer, holder)
        VALUES (TG_TABLE_NAME, 'run or rounds', writer, 'epoch ' || coalesce(NEW.epoch, 0));
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER test_watch AFTER UPDATE ON run
    FOR EACH ROW EXECUTE FUNCTION test_watch_run();
