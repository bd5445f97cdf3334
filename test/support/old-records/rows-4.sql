-- What version 4 added: when releases are activated, labels, further tries, limits, diagnostics, and what statuses say since.
UPDATE profile_packages SET activation = '{"when":"window","from":"02:00","until":"04:30"}', confirmation = '{"by":"ready","withinMs":60000}', package_priority = 10 WHERE package = 'lobby';
UPDATE sites SET cache_bytes = 20000000000, upload_bytes_per_s = 6250000 WHERE name = 'berlin';
UPDATE devices SET labels = '{"floor":"2"}', retries = '{"lobby":1}' WHERE name = 'Lobby left';
UPDATE devices SET last_status = json_set(last_status, '$.storage', json('{"kind":"disk","persisted":true,"usageBytes":500000,"quotaBytes":10000000000}'),
  '$.packages[0].update', CASE name WHEN 'Counter' THEN 'confirmed' ELSE 'downloading' END) WHERE last_status IS NOT NULL;
INSERT INTO device_diagnostics (device_id, report, received_at) VALUES ('d-22222222222222222222222222222222', '{"findings":[]}', 1763990080000);
