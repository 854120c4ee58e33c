-- Two roles: what the functions may do, and what the system tasks may do beyond it.
-- The operator makes the users and gives each its role with SET DEFAULT ROLE.
CREATE ROLE IF NOT EXISTS application;
CREATE ROLE IF NOT EXISTS system_tasks;

-- The session's context. DETERMINISTIC lets the optimiser fold each call to a
-- constant, so that the views use their indexes; a variable that was never set
-- is NULL, and every comparison with it is false.
CREATE OR REPLACE FUNCTION current_tenant() RETURNS BINARY(16)
  DETERMINISTIC NO SQL SQL SECURITY INVOKER RETURN @app_tenant;

CREATE OR REPLACE FUNCTION current_company() RETURNS BINARY(16)
  DETERMINISTIC NO SQL SQL SECURITY INVOKER RETURN @app_company;

CREATE OR REPLACE FUNCTION current_user_id() RETURNS BINARY(16)
  DETERMINISTIC NO SQL SQL SECURITY INVOKER RETURN @app_user;

CREATE OR REPLACE FUNCTION current_account() RETURNS BINARY(16)
  DETERMINISTIC NO SQL SQL SECURITY INVOKER RETURN @app_account;

-- Staff work in every company of their tenant: sixteen bytes of 0xFF stand for ALL.
CREATE OR REPLACE FUNCTION all_companies() RETURNS BOOLEAN
  DETERMINISTIC NO SQL SQL SECURITY INVOKER
  RETURN @app_company = UNHEX('FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF');

GRANT EXECUTE ON FUNCTION current_tenant TO application;
GRANT EXECUTE ON FUNCTION current_company TO application;
GRANT EXECUTE ON FUNCTION current_user_id TO application;
GRANT EXECUTE ON FUNCTION current_account TO application;
GRANT EXECUTE ON FUNCTION all_companies TO application;
