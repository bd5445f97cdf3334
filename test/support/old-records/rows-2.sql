-- What version 2 added: logging in, and tokens with ids.
UPDATE api_tokens SET id = substr(token_hash, 1, 16), last_used_at = CASE name WHEN 'ci' THEN 1763990100000 END;
INSERT INTO settings (key, value) VALUES ('admin-url', 'http://127.0.0.1:8081/'), ('admin-password', 'scrypt$32768$8$3$c2FsdA$aGFzaA');
INSERT INTO admin_sessions (session_hash, created_at, last_used_at, expires_at) VALUES
  ('5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e', 1763990000000, 1763990001000, 1765200000000);
INSERT INTO admin_links (code_hash, created_at, expires_at) VALUES
  ('6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f6f', 1763990000000, 1763990900000);
