float crest(float x) { float f = fract(x); return f < 0.68 ? smoothstep(0.0, 0.68, f) * 0.6 + 0.4 * f / 0.68 : pow(1.0 - (f - 0.68) / 0.32, 1.25); }
float dune(vec2 q) {
  vec2 w = q + 2.6 * vec2(noise(q * 0.16), noise(q * 0.16 + 31.0)) + 0.5 * vec2(noise(q * 0.5 + 3.0), 0.0);
  float big = crest(w.x * 0.15 + w.y * 0.085 + 0.2) * (0.35 + 0.9 * noise(q * 0.11 + 8.0));
  float mid = crest(w.x * 0.33 - w.y * 0.21 + 0.7) * noise(q * 0.2 + 2.0);
  return 2.3 * big + 0.75 * mid + 0.5 * noise(q * 0.09);
}
vec3 sky(vec3 r) {
  float h = max(r.y, 0.0);
  vec3 c = mix(vec3(1.0, 0.64, 0.42), vec3(0.88, 0.46, 0.42), smoothstep(0.0, 0.16, h));
  c = mix(c, vec3(0.40, 0.34, 0.49), smoothstep(0.1, 0.40, h));
  c = mix(c, vec3(0.13, 0.17, 0.32), smoothstep(0.3, 0.7, h));
  float s = max(dot(r, normalize(vec3(-0.62, 0.15, 0.9))), 0.0);
  c += vec3(1.0, 0.44, 0.22) * (0.26 * pow(s, 7.0) + 0.22 * pow(s, 60.0));
  return c;
}
vec3 scene(vec2 p) {
  vec2 u = vec2(p.x - 0.888, p.y - 0.60);
  vec3 ro = vec3(2.0, 5.4, 0.0), rd = normalize(vec3(u.x, u.y - 0.02, 1.25));
  vec3 sun = normalize(vec3(-0.80, 0.30, 0.55));
  float t = 1.2, last = t; bool hit = false;
  for (int i = 0; i < 170; i++) {
    vec3 q = ro + rd * t;
    float d = q.y - dune(q.xz);
    if (d < 0.001 * t) { hit = true; break; }
    last = t; t += max(d * 0.34, 0.012 * t);
    if (t > 90.0) break;
  }
  vec3 back = sky(rd);
  if (!hit) {
    float cl = fbm(vec2(rd.x * 3.0 + rd.y * 4.0, rd.y * 22.0), 6);
    return mix(back, vec3(1.0, 0.66, 0.50), smoothstep(0.5, 0.85, cl) * 0.35 * smoothstep(0.0, 0.2, rd.y));
  }
  for (int i = 0; i < 6; i++) { float m = 0.5 * (last + t); vec3 q = ro + rd * m; if (q.y < dune(q.xz)) t = m; else last = m; }
  vec3 q = ro + rd * t;
  float e = 0.004 * t + 0.01;
  vec3 n = normalize(vec3(dune(q.xz - vec2(e, 0)) - dune(q.xz + vec2(e, 0)), 2.0 * e, dune(q.xz - vec2(0, e)) - dune(q.xz + vec2(0, e))));
  float rip = sin((q.x * 1.0 + q.z * 0.35 + 1.6 * fbm(q.xz * 0.9, 3)) * 26.0) * exp(-t * 0.11);
  n = normalize(n + vec3(rip * 0.16, 0, rip * 0.05));
  float shade = 1.0, s = 0.12;
  for (int i = 0; i < 26; i++) { vec3 w = q + sun * s; float d = w.y - dune(w.xz); shade = min(shade, 0.5 + 6.0 * d / s); if (shade < 0.0) break; s += max(0.12, d * 0.6); }
  shade = smoothstep(0.0, 1.0, clamp(shade, 0.0, 1.0));
  float lit = max(dot(n, sun), 0.0) * shade;
  vec3 c = vec3(0.80, 0.47, 0.27) * (vec3(1.75, 1.25, 0.85) * lit + vec3(0.25, 0.24, 0.38) * (0.55 + 0.45 * n.y) + vec3(0.14, 0.07, 0.04));
  c += 0.03 * (noise(q.xz * 90.0) - 0.5) * exp(-t * 0.08);
  return mix(c, mix(vec3(0.92, 0.60, 0.45), back, 0.5), 1.0 - exp(-pow(t * 0.021, 1.5)));
}
