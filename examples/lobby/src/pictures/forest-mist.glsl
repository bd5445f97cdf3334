/* One row of firs: 1 inside a silhouette. */
float firs(vec2 p, float ground, float scale, float seed) {
  float a = smoothstep(0.0, 0.002, ground - p.y);
  float cell = scale * 0.34;
  float id0 = floor(p.x / cell);
  for (int k = -2; k <= 2; k++) {
    float id = id0 + float(k);
    float r1 = hash(id * 1.31 + seed), r2 = hash(id * 2.17 + seed + 9.0), r3 = hash(id * 0.73 + seed + 4.0);
    float height = scale * mix(0.55, 1.25, r1 * r1);
    float x = p.x - (id + 0.5 + (r2 - 0.5) * 0.9) * cell;
    x += 0.01 * scale * sin(p.y * 9.0 / scale + r3 * 6.0);
    float t = (p.y - ground + 0.05 * scale) / height;
    if (t < 0.0 || t > 1.02) continue;
    float side = x < 0.0 ? 0.0 : 0.37;
    float tiers = mix(11.0, 17.0, r3);
    float saw = fract(t * tiers + side + r2 + abs(x) / scale * 7.0);
    float bough = 0.46 + 0.54 * (1.0 - saw) * (0.55 + 0.45 * hash(floor(t * tiers + side + r2 + abs(x) / scale * 7.0) + id * 7.0 + side));
    float ragged = 0.8 + 0.4 * noise(vec2(p.y / scale * 70.0, id * 3.0 + side * 10.0));
    float w = height * 0.17 * pow(max(1.0 - t, 0.0), 0.86) * bough * ragged + 0.0032 * scale;
    a = max(a, smoothstep(0.0, 0.0035 * scale + 0.0008, w - abs(x)));
  }
  return a;
}
vec3 scene(vec2 p) {
  vec2 sun = vec2(1.28, 0.92);
  float d = length(p - sun);
  vec3 c = mix(vec3(0.70, 0.79, 0.77), vec3(0.42, 0.58, 0.60), smoothstep(0.35, 1.05, p.y));
  c += vec3(1.0, 0.90, 0.66) * (0.42 * glow(d, 2.4) + 0.25 * glow(d, 7.0));
  c *= 0.90 + 0.2 * fbm(p * vec2(2.0, 4.5) + 3.0, 5);
  for (int i = 0; i < 7; i++) {
    float t = float(i) / 6.0;
    float scale = mix(0.075, 0.62, pow(t, 1.55));
    float hill = mix(0.70, -0.10, pow(t, 0.85)) + mix(0.26, 0.10, t) * (fbm(vec2(p.x * mix(1.5, 1.1, t) + t * 23.0, t * 5.0), 4) - 0.5)
      + 0.16 * (1.0 - t) * sin(p.x * 1.7 + t * 8.0 + 0.6);
    float a = firs(p, hill, scale, float(i) * 37.0);
    vec3 body = mix(vec3(0.47, 0.62, 0.62), vec3(0.018, 0.062, 0.060), pow(t, 0.62));
    body *= 0.94 + 0.12 * noise(p * 60.0 / scale);
    float low = (hill + scale * 0.75 - p.y) / (scale * 1.5 + 0.14);
    float drift = fbm(vec2(p.x * 2.2 + float(i) * 5.1, p.y * 5.0 - float(i)), 5);
    float fog = smoothstep(0.1, 1.0, low + (drift - 0.5) * 1.1) * mix(0.9, 0.28, t);
    vec3 mist = mix(vec3(0.66, 0.76, 0.75), vec3(0.98, 0.91, 0.74), 0.7 * glow(d, 1.7));
    mist = mix(mist, mist * vec3(0.38, 0.52, 0.53), pow(t, 1.5));
    body = mix(body, mist, fog);
    c = mix(c, body, a);
    float veil = smoothstep(0.42, 0.8, drift) * 0.22 * (1.0 - t);
    c = mix(c, mist, veil);
  }
  float angle = atan(p.x - sun.x, sun.y + 0.25 - p.y);
  float ray = smoothstep(0.42, 0.9, fbm(vec2(angle * 7.0, 1.0), 3) + 0.12) * glow(d, 1.5) * smoothstep(0.0, 0.35, d);
  return c + vec3(1.0, 0.90, 0.62) * ray * 0.30;
}
