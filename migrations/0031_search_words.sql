-- The words of names, Turkish-folded, for `q`: a prefix is a range of the index.
-- An entity's words stand in numbered places; an entity that has fewer words
-- than before keeps its places with an empty word, which nothing looks for, so
-- that no row need ever be deleted.
CREATE TABLE IF NOT EXISTS search_words_rows (
  tenant_id  BINARY(16)       NOT NULL,
  company_id BINARY(16)       NULL COMMENT 'none for what only staff may find',
  entity     VARCHAR(20)      NOT NULL,
  entity_id  BINARY(16)       NOT NULL,
  place      TINYINT UNSIGNED NOT NULL,
  word       VARCHAR(60)      NOT NULL DEFAULT '',
  PRIMARY KEY (tenant_id, entity, entity_id, place),
  KEY search_words_word_ix (tenant_id, entity, word, company_id, entity_id),
  CONSTRAINT search_words_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=COMPANY';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW search_words AS
  SELECT tenant_id, company_id, entity, entity_id, place, word
  FROM search_words_rows
  WHERE tenant_id = current_tenant() AND (company_id = current_company() OR all_companies())
  WITH CASCADED CHECK OPTION;

-- UPDATE on the whole view, because ON DUPLICATE KEY UPDATE asks for it on each column.
GRANT SELECT, INSERT, UPDATE ON search_words TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('search_words', 'COMPANY')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
