-- What an OSGB must know of a professional; one for each staff user at most.
CREATE TABLE IF NOT EXISTS staff_profiles_rows (
  tenant_id              BINARY(16)   NOT NULL,
  user_id                BINARY(16)   NOT NULL,
  professional_kind      VARCHAR(13)  NULL,
  certificate_class      CHAR(1)      NULL,
  certificate_no         VARCHAR(50)  NULL,
  certificate_issued_on  DATE         NULL,
  certificate_expires_on DATE         NULL,
  diploma_no             VARCHAR(50)  NULL,
  katip_id               VARCHAR(50)  NULL,
  full_time              BOOLEAN      NOT NULL DEFAULT FALSE,
  monthly_capacity_min   INT UNSIGNED NOT NULL DEFAULT 11700,
  home_province_code     CHAR(2)      NULL,
  version                BIGINT       NOT NULL DEFAULT 1,
  created_at             DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at             DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, user_id),
  KEY staff_profiles_expires_ix (tenant_id, certificate_expires_on),
  CONSTRAINT staff_profiles_user_fk FOREIGN KEY (tenant_id, user_id) REFERENCES users_rows (tenant_id, id),
  CONSTRAINT staff_profiles_home_province_fk FOREIGN KEY (home_province_code) REFERENCES provinces_rows (code),
  CONSTRAINT staff_profiles_kind_ck CHECK (professional_kind IN ('SAFETY_EXPERT', 'PHYSICIAN', 'OTHER_HEALTH')),
  CONSTRAINT staff_profiles_class_ck CHECK (certificate_class IN ('A', 'B', 'C')),
  CONSTRAINT staff_profiles_dates_ck CHECK (certificate_expires_on >= certificate_issued_on)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='scope=STAFF';

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW staff_profiles AS
  SELECT tenant_id, user_id, professional_kind, certificate_class, certificate_no, certificate_issued_on,
         certificate_expires_on, diploma_no, katip_id, full_time, monthly_capacity_min, home_province_code,
         version, created_at, updated_at
  FROM staff_profiles_rows
  WHERE tenant_id = current_tenant() AND all_companies()
  WITH CASCADED CHECK OPTION;

GRANT SELECT, INSERT,
  UPDATE (professional_kind, certificate_class, certificate_no, certificate_issued_on, certificate_expires_on,
          diploma_no, katip_id, full_time, monthly_capacity_min, home_province_code, version, updated_at)
  ON staff_profiles TO application;

INSERT INTO view_scopes_rows (view_name, scope) VALUES ('staff_profiles', 'STAFF')
  ON DUPLICATE KEY UPDATE scope = VALUES(scope);
