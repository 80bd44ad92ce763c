"""What a team has made of the contacts of `bench.seed`: stages, scores, tags, platforms."""

from __future__ import annotations

import psycopg2

STAGES = ("New lead", "Contacted", "Qualified", "Proposal", "Won", "Lost")
TAGS = {"VIP": 200, "wholesale": 20, "everyday": 3}  # one contact in so many

# Numbers that share no rhythm with each other, so that filters cut across: a contact's are made of
# its place `n` among all.
FILL = """
INSERT INTO pipelines (organization_id, name, is_default)
SELECT id, 'Sales', true FROM organizations;

INSERT INTO pipeline_stages (organization_id, pipeline_id, name, position)
SELECT organization_id, id, stage.name, stage.place
FROM pipelines, unnest(%(stages)s) WITH ORDINALITY AS stage (name, place);

WITH stage AS (
    SELECT id, pipeline_id, row_number() OVER (ORDER BY position) AS place FROM pipeline_stages
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM contacts
)
UPDATE contacts SET
    -- Half of them stand in the first stage, one in 4,096 in the last, and many in none.
    pipeline_id = stage.pipeline_id, stage_id = stage.id,
    stage_entered_at = CASE WHEN stage.id IS NOT NULL THEN now() END,
    lead_score = CASE WHEN n %% 7 > 0 THEN n * 37 %% 101 END,
    lead_status = CASE WHEN n %% 7 > 0
        THEN (ARRAY['NEW', 'CONTACTED', 'QUALIFIED', 'CONVERTED', 'LOST'])[1 + n * 11 %% 5] END,
    analyzed_at = CASE WHEN n %% 7 > 0 THEN now() END,
    used_fallback = n %% 13 = 0 AND n %% 7 > 0,
    summary = CASE WHEN n %% 7 > 0 THEN 'Wants a price for twelve blue bowls, and by when.' END,
    last_interaction_at = now() - n * interval '1 minute',
    email = CASE WHEN n %% 10 = 0 THEN 'customer' || n || '@example.test' END,
    messenger_psid = CASE WHEN n %% 3 > 0 THEN messenger_psid END,
    instagram_sid = CASE WHEN n %% 3 = 0 THEN messenger_psid END
FROM numbered LEFT JOIN stage
    ON stage.place = CASE WHEN n %% 2 = 1 THEN 1 WHEN n %% 4 = 2 THEN 2
        WHEN n %% 16 = 4 THEN 3 WHEN n %% 64 = 16 THEN 4 WHEN n %% 4096 = 0 THEN 6 END
WHERE contacts.id = numbered.id;

INSERT INTO tags (organization_id, name) SELECT id, unnest(%(tags)s) FROM organizations;

INSERT INTO contact_tags (contact_id, tag_id)
SELECT numbered.id, tags.id FROM tags
JOIN unnest(%(tags)s, %(rarities)s) AS given (name, rarity) USING (name)
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM contacts) AS numbered
    ON numbered.n %% given.rarity = 0;
"""


def fill(url: str) -> None:
    """After `bench.seed.fill`."""
    parameters = {"stages": list(STAGES), "tags": list(TAGS), "rarities": list(TAGS.values())}
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(FILL, parameters)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (FULL, ANALYZE) contacts")
            cursor.execute("VACUUM ANALYZE")
    finally:
        connection.close()
