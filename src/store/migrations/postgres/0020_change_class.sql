-- What a finding changes, as a word that tells nothing of a person: findings alike are approved together by it.
ALTER TABLE finding ADD COLUMN change_class TEXT COLLATE "C"
    CHECK (change_class IN ('postal_code_or_town', 'door', 'moved_nearby', 'moved_elsewhere', 'first_name_spelling',
        'language', 'first_names', 'surname', 'post_box', 'abroad', 'other'));
CREATE INDEX finding_class ON finding (change_class, opened_at, id)
    WHERE state IN ('new', 'opened', 'snoozed', 'stale');
CREATE INDEX finding_unclassed ON finding (opened_at, id)
    WHERE change_class IS NULL AND state IN ('new', 'opened', 'snoozed', 'stale');
