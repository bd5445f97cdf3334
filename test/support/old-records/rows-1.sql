-- What a small shop had in its records at version 1.
INSERT INTO sites (name, time_zone, stores_wanted, updated_at) VALUES
  ('berlin', 'Europe/Berlin', 2, 1763800000000),
  ('lisbon', 'Europe/Lisbon', 1, 1763800001000);
INSERT INTO profiles (name, priority, updated_at) VALUES ('shops', 7, 1763800002000), ('trial', 0, 1763800003000);
INSERT INTO profile_sites (profile, site, added_at) VALUES
  ('shops', 'berlin', 1763800004000), ('shops', 'lisbon', 1763800005000), ('trial', 'lisbon', 1763800006000);
INSERT INTO profile_packages (profile, package, pinned_release, wanted_at, proxy_distribution, only_to_proxies_until, enforce_proxy_until, updated_at, revision) VALUES
  ('shops', 'lobby', NULL, 1763800007000, 1, '{"siteLocal":"2026-11-23T02:00"}', '{"afterPublish":"PT4H"}', 1763800007000, 4),
  ('shops', 'menu', 1, 1763800008000, 0, NULL, NULL, 1763800008000, 1),
  ('trial', 'not-published-yet', NULL, 1763800009000, 1, NULL, NULL, 1763800009000, 1);
INSERT INTO packages (name, created_at) VALUES ('lobby', 1763800010000), ('menu', 1763800011000);
INSERT INTO releases (digest, package, number, version, entry, content_digest, published_at, raw_bytes, encoded_bytes, file_count, chunk_count, signed_manifest) VALUES
  ('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', 'lobby', 1, '1.0.0', 'index.html', 'c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1', 1763800020000, 300000, 200000, 3, 2, '{"signature":"…"}'),
  ('a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2', 'lobby', 2, '1.1.0 „neu“', 'index.html', 'c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2', 1763900020000, 300100, 200100, 3, 2, '{"signature":"…"}'),
  ('a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3', 'menu', 1, '2026-11', 'start.html', 'c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3', 1763900030000, 5000, 900, 1, 1, '{"signature":"…"}');
INSERT INTO chunks (digest, raw_bytes, encoded_bytes) VALUES
  ('d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1', 131072, 100000),
  ('d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2', 131072, 100000),
  ('d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3', 131072, 100100),
  ('d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4', 5000, 900);
INSERT INTO release_chunks (release_digest, chunk_digest) VALUES
  ('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', 'd1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1'),
  ('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', 'd2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2'),
  ('a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2', 'd1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1'),
  ('a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2', 'd3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3'),
  ('a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3', 'd4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4');
INSERT INTO orphan_chunks (digest, seen_at) VALUES ('d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5', 1763900040000);
INSERT INTO enrolment_tokens (token_hash, site, role, uses_left, created_at, expires_at) VALUES
  ('e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1', 'berlin', 'kiosk', 20, 1763900050000, 1764900050000);
INSERT INTO devices (device_id, public_key, name, role, site, state, code, enrolled_at, last_seen_at, last_status, last_status_at) VALUES
  ('d-11111111111111111111111111111111', 'k1', 'Counter', 'store', 'berlin', 'accepted', NULL, 1763900060000, 1763990060000,
   '{"deviceId":"d-11111111111111111111111111111111","role":"store","site":"berlin","connection":"online","clockOffsetMs":3,"packages":[{"package":"lobby","wantedRelease":2,"activeRelease":2,"activeVersion":"1.1.0 „neu“","phase":"active","reason":"up-to-date","detail":"1.1.0 „neu“ runs","decision":{"stores":"open","server":"open","nextChangeAt":null},"chunks":{"have":2,"total":2},"bytes":{"fromStores":0,"fromServer":200100,"reused":100000}}],"peers":[]}',
   1763990061000),
  ('d-22222222222222222222222222222222', 'k2', 'Lobby left', 'kiosk', 'berlin', 'accepted', NULL, 1763900070000, 1763990070000,
   '{"deviceId":"d-22222222222222222222222222222222","role":"kiosk","site":"berlin","connection":"online","clockOffsetMs":-40,"packages":[{"package":"lobby","wantedRelease":2,"activeRelease":1,"activeVersion":"1.0.0","phase":"downloading","reason":"fetching-from-stores","detail":"fetches","decision":{"stores":"open","server":"open","nextChangeAt":null},"chunks":{"have":1,"total":2},"bytes":{"fromStores":100000,"fromServer":0,"reused":0}}],"peers":[]}',
   1763990071000),
  ('d-33333333333333333333333333333333', 'k3', 'Stolen', 'kiosk', 'lisbon', 'revoked', NULL, 1763900080000, 1763900081000, NULL, NULL),
  ('d-44444444444444444444444444444444', 'k4', 'New screen', 'kiosk', NULL, 'pending', 'ABCD-EFGH', 1763990090000, 1763990090000, NULL, NULL);
INSERT INTO device_packages (device_id, package, wanted_release, active_release, phase) VALUES
  ('d-11111111111111111111111111111111', 'lobby', 2, 2, 'active'),
  ('d-22222222222222222222222222222222', 'lobby', 2, 1, 'downloading');
INSERT INTO device_events (device_id, number, at, kind, package, release, peer, detail) VALUES
  ('d-22222222222222222222222222222222', 1, 1763990072000, 'release-activated', 'lobby', 1, NULL, '1.0.0 runs'),
  ('d-22222222222222222222222222222222', 2, 1763990073000, 'bad-chunk', 'lobby', 2, 'd-11111111111111111111111111111111', 'a chunk was refused');
INSERT INTO api_tokens (token_hash, name, created_at, revoked_at) VALUES
  ('f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1', 'ci', 1763900100000, NULL),
  ('f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2', 'old laptop', 1763900101000, 1763900102000);
INSERT INTO audit_log (id, at, actor, action, target, "before", "after") VALUES
  ('000000000000000000000001', 1763800000000, 'shell', 'api-token.create', 'token:ci', NULL, NULL),
  ('000000000000000000000002', 1763800001000, 'token:ci', 'site.put', 'site:berlin', NULL, '{"timeZone":"Europe/Berlin","storesWanted":2}');
INSERT INTO signing_keys (key_id, public_key, created_at, retired_at) VALUES
  ('8694c27024045c58', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 1763800000000, NULL);
