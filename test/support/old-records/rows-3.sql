-- What version 3 added: bytes over time.
INSERT INTO traffic_totals (site, from_stores, from_server, origin_sent) VALUES ('', 0, 0, 200100), ('berlin', 100000, 200100, 0);
INSERT INTO traffic_buckets (width_s, at, from_stores, from_server, origin_sent) VALUES
  (60, 1763990040000, 100000, 200100, 200100), (3600, 1763989200000, 100000, 200100, 200100);
