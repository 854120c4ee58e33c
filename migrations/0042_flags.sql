-- What can be switched on and off without a release. A flag is a row that the
-- release which asks for it brings; the operator decides for everybody or for
-- one tenant, an ADMIN for his own where the flag is meant for tenants.
CREATE TABLE IF NOT EXISTS flags_rows (
  name           VARCHAR(60)      NOT NULL,
  title_tr       VARCHAR(100)     COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  title_en       VARCHAR(100)     COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  description_tr VARCHAR(500)     COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  description_en VARCHAR(500)     COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL,
  audience       VARCHAR(8)       NOT NULL COMMENT 'who may choose: OPERATOR alone, or a TENANT too',
  subject        VARCHAR(6)       NOT NULL DEFAULT 'TENANT' COMMENT 'what the percentage counts',
  rollout        TINYINT UNSIGNED NOT NULL COMMENT 'for how many of a hundred it is on',
  held           VARCHAR(3)       NULL COMMENT 'the operator''s word for everybody; none while tenants and percentage decide',
  version        BIGINT           NOT NULL DEFAULT 1,
  created_at     DATETIME(6)      NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at     DATETIME(6)      NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (name),
  CONSTRAINT flags_name_ck CHECK (name REGEXP '^[a-z0-9]+(-[a-z0-9]+)*$'),
  CONSTRAINT flags_audience_ck CHECK (audience IN ('OPERATOR', 'TENANT')),
  CONSTRAINT flags_subject_ck CHECK (subject IN ('TENANT', 'USER')),
  CONSTRAINT flags_rollout_ck CHECK (rollout <= 100),
  CONSTRAINT flags_held_ck CHECK (held IN ('ON', 'OFF'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=PLATFORM';

-- What holds for one tenant otherwise than for the rest.
CREATE TABLE IF NOT EXISTS flag_settings_rows (
  id         BINARY(16)  NOT NULL,
  tenant_id  BINARY(16)  NOT NULL,
  flag       VARCHAR(60) NOT NULL,
  held       VARCHAR(3)  NULL COMMENT 'the operator''s word for this tenant',
  chosen     VARCHAR(3)  NULL COMMENT 'the choice of the tenant''s ADMIN',
  version    BIGINT      NOT NULL DEFAULT 1,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY flag_settings_tenant_flag_uk (tenant_id, flag),
  CONSTRAINT flag_settings_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants_rows (id),
  CONSTRAINT flag_settings_flag_fk FOREIGN KEY (flag) REFERENCES flags_rows (name),
  CONSTRAINT flag_settings_held_ck CHECK (held IN ('ON', 'OFF')),
  CONSTRAINT flag_settings_chosen_ck CHECK (chosen IN ('ON', 'OFF'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=STAFF';

-- What operators have done. What concerns one tenant stands in its own trail too.
CREATE TABLE IF NOT EXISTS flag_changes_rows (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  flag       VARCHAR(60)     NOT NULL,
  tenant_id  BINARY(16)      NULL COMMENT 'none for everybody',
  changes    JSON            NOT NULL COMMENT '{field: {before, after}}',
  actor      VARCHAR(128)    COLLATE utf8mb4_uca1400_turkish_ai_ci NOT NULL COMMENT 'as the operator names himself',
  created_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  KEY flag_changes_flag_ix (flag, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=SYSTEM';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW flags AS
  SELECT name, title_tr, title_en, description_tr, description_en, audience, subject, rollout, held
  FROM flags_rows;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW flag_settings AS
  SELECT id, tenant_id, flag, held, chosen, version, created_at, updated_at
  FROM flag_settings_rows
  WHERE tenant_id = current_tenant() AND all_companies()
  WITH CASCADED CHECK OPTION;

-- What decides, for everybody in the tenant: a customer's users ask as well.
CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW flag_choices AS
  SELECT flag, held, chosen
  FROM flag_settings_rows
  WHERE tenant_id = current_tenant() AND current_company() IS NOT NULL
  WITH CASCADED CHECK OPTION;

GRANT SELECT ON flags TO application;
GRANT SELECT ON flag_choices TO application;
-- No right on `held`: no fault of a function makes a tenant its own operator.
GRANT SELECT, INSERT (id, tenant_id, flag, chosen, version, created_at, updated_at), UPDATE (chosen, version, updated_at)
  ON flag_settings TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES
  ('flags', 'PLATFORM'), ('flag_settings', 'STAFF'), ('flag_choices', 'TENANT')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);

-- A row that is there keeps what the operator has decided.
INSERT INTO flags_rows (name, title_tr, title_en, description_tr, description_en, audience, subject, rollout) VALUES
  ('exports', 'Listeleri dosya olarak indirme', 'Lists as files',
   'Şirket, işyeri ve çalışan listeleri CSV ya da Excel dosyası olarak alınabilir. Kapatıldığında yeni dosya istenemez; hazırlanmış dosyalar süreleri dolana kadar indirilebilir.',
   'The lists of companies, workplaces and employees can be had as CSV or Excel files. When it is off, no new file can be asked for; files that are ready can be fetched until they expire.',
   'TENANT', 'TENANT', 100)
  ON DUPLICATE KEY UPDATE title_tr = VALUES(title_tr), title_en = VALUES(title_en),
    description_tr = VALUES(description_tr), description_en = VALUES(description_en);
