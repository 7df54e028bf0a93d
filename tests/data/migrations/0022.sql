INSERT INTO session_note (session, kind, sealed, written_at)
VALUES ({uuid 60}, 'search', {bytes 06}, '2026-11-21T10:00:00+00:00');
