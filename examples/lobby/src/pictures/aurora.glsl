const float WATER = 0.20;
vec3 sky(vec2 p) {
  float h = (p.y - WATER) / (1.0 - WATER);
  vec3 c = mix(vec3(0.055, 0.15, 0.21), vec3(0.012, 0.028, 0.075), smoothstep(0.0, 0.75, h));
  float milky = fbm(vec2(p.x + p.y * 1.1, p.y - p.x * 0.6) * vec2(1.6, 3.5), 6) * exp(-pow((p.y - 0.35 * p.x - 0.42) * 3.0, 2.0));
  c += vec3(0.10, 0.10, 0.17) * milky;
  for (int k = 0; k < 3; k++) {
    float s = mix(90.0, 260.0, float(k) / 2.0);
    vec2 id = floor(p * s), f = fract(p * s) - 0.5;
    float r = hash(id + float(k) * 57.0);
    vec2 o = (vec2(hash(id + 3.0), hash(id + 8.0)) - 0.5) * 0.7;
    float star = smoothstep(0.992 - milky * 0.01, 1.0, r) * exp(-dot(f - o, f - o) * 38.0);
    c += mix(vec3(0.8, 0.88, 1.0), vec3(1.0, 0.9, 0.78), hash(id + 21.0)) * star * mix(1.5, 0.7, float(k) / 2.0);
  }
  for (int i = 0; i < 4; i++) {
    float fi = float(i);
    float x = p.x + 0.10 * (fbm(vec2(p.x * 2.0 + fi * 9.0, p.y * 1.2), 3) - 0.5);
    float base = 0.40 + 0.085 * fi + 0.13 * sin(x * (1.7 + 0.35 * fi) + fi * 2.1 + 0.9) + 0.11 * (fbm(vec2(x * 2.3 + fi * 7.0, fi), 4) - 0.5);
    float up = p.y - base;
    float ray = 0.32 + 0.68 * fbm(vec2(x * 15.0 + 0.9 * up + fi * 31.0, fi * 3.0 + up * 0.35), 5);
    ray *= 0.55 + 0.75 * noise(vec2(x * 70.0 + up * 2.0, fi * 5.0 + up * 0.8));
    float tall = mix(0.10, 0.30, noise(vec2(x * 2.2 + fi * 5.0, 2.0)));
    float v = smoothstep(-0.016, 0.022, up) * exp(-max(up, 0.0) / tall) * ray;
    float patchy = smoothstep(0.22, 0.72, noise(vec2(x * 1.35 + fi * 11.0, fi + 4.0)));
    vec3 hue = mix(vec3(0.16, 0.98, 0.58), vec3(0.10, 0.62, 0.74), smoothstep(0.02, 0.22, up));
    hue = mix(hue, vec3(0.58, 0.22, 0.72), smoothstep(0.13, 0.44, up));
    c += hue * v * patchy * mix(0.95, 0.45, fi / 3.0);
    c += vec3(0.05, 0.30, 0.22) * exp(-abs(up) * 6.0) * patchy * 0.22;
  }
  return c;
}
vec3 land(vec2 p) {
  vec3 c = sky(p);
  for (int i = 0; i < 4; i++) {
    float t = float(i) / 3.0;
    float x = p.x * mix(1.7, 2.6, t) + t * 19.0 + 4.0;
    float r = ridge(x, 8);
    float top = WATER + mix(0.09, 0.004, t) + mix(0.24, 0.06, t) * (r - 0.32);
    if (i > 1) top += 0.018 * t * noise(vec2(p.x * 150.0, t)) * noise(vec2(p.x * 60.0, t + 3.0));
    float a = smoothstep(0.0, 0.0015, top - p.y);
    float depth = (top - p.y) / 0.18;
    float dr = ridge(x + 0.02, 8) - r;
    float snow = fbm(vec2(x * 9.0 + (p.y - top) * 14.0, p.y * 22.0), 5);
    snow = smoothstep(0.30, 0.62, snow + 0.35 - depth * 0.55 + clamp(dr * 3.0, -0.25, 0.25)) * (1.0 - t);
    vec3 rock = mix(vec3(0.035, 0.075, 0.105), vec3(0.006, 0.016, 0.026), t);
    vec3 body = mix(rock, vec3(0.17, 0.33, 0.36), snow * 0.85);
    body = mix(body, vec3(0.08, 0.20, 0.23), exp(-(p.y - WATER) * 32.0) * 0.6 * (1.0 - t * 0.6));
    c = mix(c, body, a);
  }
  return c;
}
vec3 scene(vec2 p) {
  if (p.y > WATER) return land(p);
  float depth = WATER - p.y;
  float wave = fbm(vec2(p.x * 9.0, 4.0 / (depth + 0.04)), 4) - 0.5;
  vec3 c = vec3(0);
  for (int i = -2; i <= 2; i++) c += land(vec2(p.x + wave * 0.016, WATER + 0.001 + depth * (1.25 + 0.09 * float(i)) + max(0.0, wave) * 0.12 * depth * 4.0));
  c = c / 5.0 * vec3(0.62, 0.72, 0.78);
  c = mix(c, vec3(0.006, 0.02, 0.035), smoothstep(0.0, 0.25, depth) * 0.5);
  return c + vec3(0.05, 0.15, 0.15) * exp(-depth * 60.0);
}
