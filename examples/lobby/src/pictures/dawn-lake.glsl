const float WATER = 0.30;
vec3 sky(vec2 p) {
  float h = clamp((p.y - WATER) / (1.0 - WATER), 0.0, 1.0);
  vec3 c = mix(vec3(1.0, 0.80, 0.62), vec3(0.93, 0.62, 0.56), smoothstep(0.0, 0.28, h));
  c = mix(c, vec3(0.52, 0.48, 0.63), smoothstep(0.18, 0.58, h));
  c = mix(c, vec3(0.20, 0.28, 0.46), smoothstep(0.45, 1.05, h));
  float d = length((p - vec2(1.10, 0.47)) * vec2(0.8, 1.0));
  c += vec3(1.0, 0.66, 0.36) * (0.55 * glow(d, 5.0) + 0.5 * glow(d, 16.0));
  c = mix(c, vec3(1.0, 0.95, 0.84), smoothstep(0.036, 0.033, length(p - vec2(1.10, 0.47))));
  vec2 q = vec2(p.x * 1.3 + p.y * 0.6, p.y * 6.5);
  float cl = fbm(q + fbm(q * 0.7, 4) * 1.8, 6);
  cl = smoothstep(0.46, 0.86, cl) * smoothstep(0.05, 0.4, h);
  return mix(c, mix(vec3(1.0, 0.72, 0.60), vec3(0.80, 0.62, 0.66), h), cl * 0.62);
}
vec3 land(vec2 p) {
  vec3 c = sky(p);
  for (int i = 0; i < 7; i++) {
    float t = float(i) / 6.0;
    float frequency = mix(1.1, 2.9, t);
    float top = WATER + mix(0.17, 0.012, pow(t, 0.8)) + mix(0.25, 0.085, t) * (ridge(p.x * frequency + t * 41.0 + 2.6, 7) - 0.36)
      + 0.09 * t * smoothstep(0.5, 0.0, p.x) + 0.05 * t * smoothstep(1.4, 1.9, p.x);
    if (i > 4) top += 0.010 * (noise(vec2(p.x * 210.0, t)) * noise(vec2(p.x * 90.0, t)));
    float a = smoothstep(0.0, 0.0016, top - p.y);
    vec3 far = vec3(0.72, 0.56, 0.60), near = vec3(0.062, 0.105, 0.165);
    vec3 body = mix(far, near, pow(t, 0.72));
    float slope = noise(vec2(p.x * 26.0 + p.y * 30.0, p.y * 18.0 + t * 9.0)) - 0.5;
    body *= 1.0 + slope * 0.18 * (1.0 - t);
    float haze = exp(-(p.y - WATER) * mix(8.0, 26.0, t)) * mix(0.85, 0.5, t);
    float near_sun = exp(-abs(p.x - 1.10) * 1.7);
    vec3 mist = mix(vec3(0.80, 0.66, 0.70), vec3(1.0, 0.75, 0.58), near_sun);
    mist *= 0.86 + 0.26 * fbm(vec2(p.x * 3.0 + t * 13.0, p.y * 13.0), 4);
    body = mix(body, mist, clamp(haze, 0.0, 1.0));
    c = mix(c, body, a);
  }
  return c;
}
vec3 scene(vec2 p) {
  if (p.y > WATER) return land(p);
  float depth = WATER - p.y;
  float wave = fbm(vec2(p.x * 7.0, 6.0 / (depth + 0.045)), 4) - 0.5;
  float fine = noise(vec2(p.x * 40.0, 26.0 / (depth + 0.03))) - 0.5;
  vec2 r = vec2(p.x + (wave * 0.020 + fine * 0.004) * smoothstep(0.0, 0.1, depth), WATER + depth * 1.12 + (wave * 0.10 + fine * 0.02) * depth * 2.0);
  vec3 c = land(vec2(r.x, max(r.y, WATER + 0.001)));
  c = mix(c * vec3(0.82, 0.86, 0.94), vec3(0.07, 0.12, 0.20), smoothstep(0.0, 0.36, depth) * 0.62);
  c += vec3(1.0, 0.72, 0.46) * exp(-abs(p.x - 1.10) * 7.0) * max(0.0, fine + wave * 0.7) * 0.5 * smoothstep(0.3, 0.02, depth);
  float mist = exp(-depth * 34.0) * (0.5 + 0.5 * fbm(vec2(p.x * 5.0, depth * 40.0), 4));
  return mix(c, vec3(0.99, 0.80, 0.68), mist * 0.65);
}
