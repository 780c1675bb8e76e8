/* The model in a page: from figures and rules the one fair allocation in whole lots, and its proof, exactly.

It restates, for flat tables without risk, what the model decides: claims, bounds, thresholds, the last lots merged, and
the certificate by which no lot can move without asking more. Fractions are texts, "3/10"; persons are whole numbers,
claims whole millionths of a person. No dependency; `engine.decide(problem)` and `engine.certify(stated, lots)`. */
const engine = (() => {
  "use strict";
  const MICRO = 1000000n, DIGITS = 28, NEAR = 1e-11, SAFE = 1e-12, MOST_LOTS = Number.MAX_SAFE_INTEGER;
  const MOST_CLAIM = 10n ** 18n;
  const total = (values, zero = 0) => values.reduce((sum, each) => sum + each, zero);
  const ratio = (text) => {
    const [top, bottom = "1"] = String(text).split("/");
    return [BigInt(top), BigInt(bottom)];
  };
  const less = ([a, b], [c, d]) => a * d < c * b;
  const least = (fractions) => fractions.reduce((a, b) => (less(b, a) ? b : a));
  const most = (fractions) => fractions.reduce((a, b) => (less(a, b) ? b : a));

  /* Signposts: s(k), or its square, as a fraction; in floating point; and how many lots cost at most x. */
  const SIGNPOSTS = {
    webster: [(k) => [2n * k - 1n, 2n], (k) => k - 0.5, (x) => Math.floor(x + 0.5)],
    jefferson: [(k) => [k, 1n], (k) => k, (x) => Math.floor(x)],
    adams: [(k) => [k - 1n, 1n], (k) => k - 1, (x) => Math.floor(x) + 1],
    huntington_hill: [(k) => [k * (k - 1n), 1n], (k) => Math.sqrt(k * (k - 1)),
      (x) => Math.floor(0.5 + Math.sqrt(0.25 + x * x)), true],
    dean: [(k) => [2n * k * (k - 1n), 2n * k - 1n], (k) => (2 * k * (k - 1)) / (2 * k - 1),
      (x) => Math.floor((1 + x + Math.sqrt(1 + x * x)) / 2)],
  };

  /* The whole number nearest to top / bottom, half to even; both positive. */
  function even(top, bottom) {
    const whole = top / bottom, rest = 2n * (top % bottom);
    return whole + (rest > bottom || (rest === bottom && whole % 2n === 1n) ? 1n : 0n);
  }

  /* top / bottom to 28 significant digits, half to even, as digits · 10 ** -places. */
  function significant(top, bottom) {
    let places = DIGITS - (String(top).length - String(bottom).length);
    for (;;) {
      const made = places < 0 ? even(top, bottom * 10n ** BigInt(-places)) : even(top * 10n ** BigInt(places), bottom);
      if (String(made).length <= DIGITS) return [made, places];
      places -= 1;
    }
  }

  function root(value) {
    let now = 10n ** BigInt((String(value).length + 1) >> 1);
    for (let next = now; ; now = next) {
      next = (now + value / now) >> 1n;
      if (next >= now) return now;
    }
  }

  /* A fraction to a whole or half power: exactly, or to 28 digits, as the model's decimals have it. */
  function power([top, bottom], [up, halves]) {
    if (halves === 1n) return up < 0n ? [bottom ** -up, top ** -up] : [top ** up, bottom ** up];
    if (top === 0n) return [0n, 1n];
    const [digits, places] = significant(top, bottom), size = digits ** (up < 0n ? -up : up);
    const ten = -BigInt(places) * up, odd = ten % 2n !== 0n ? 1n : 0n;
    const [a, b] = up < 0n ? [10n ** odd, size] : [size * 10n ** odd, 1n];
    const shift = BigInt(Math.max(0, 36 + ((String(b).length - String(a).length) >> 1)));
    const scaled = a * 100n ** shift, square = scaled / b, whole = root(square);
    const rest = whole * whole !== square || scaled % b !== 0n ? 1n : 0n; // keeps a half from looking like one
    const [made, moved] = significant(whole * 10n + rest, 10n);
    const all = (ten - odd) / 2n - shift - BigInt(moved);
    return all < 0n ? [made, 10n ** -all] : [made * 10n ** all, 1n];
  }

  function multipliers(p) {
    if (p.multipliers) return p.multipliers.map(ratio);
    const exponent = ratio(p.exponent), [low, high] = [ratio(p.floor), ratio(p.ceiling)];
    if (exponent[0] === 0n) return p.workforce.map(() => [1n, 1n]);
    const missing = p.missing === "province" ? p.province[p.basis] : p.missing;
    return p.past[p.basis].map((each) => {
      const past = ratio(each ?? missing);
      return power(less(past, low) ? low : less(high, past) ? high : past, exponent);
    });
  }

  /* Available workforce and claim of each unit, millionths of a person. */
  function claims(p) {
    const available = p.workforce.map((persons, i) => {
      const [top, bottom] = ratio(p.own[i] ?? p.realisation);
      return even((BigInt(persons) * bottom + top * BigInt(p.growth[i])) * MICRO, bottom);
    });
    const all = total(available, 0n), [top, bottom] = ratio(p.drivers.own), factors = multipliers(p);
    const made = available.map((each, i) => {
      const [more, of] = ratio(p.drivers.others ? p.drivers.others[i] : 0);
      return even((top * each * of + more * all * bottom) * factors[i][0], bottom * of * factors[i][1]);
    });
    return [available, made];
  }

  /* Every rule with what it allows in members: of each of its units, or of all of them together. */
  function limits(p, available) {
    const everyone = p.workforce.map((_, i) => i), both = [true, false];
    const shorts = (key) => p.rules.filter((each) => each.key.startsWith("bounds.") === key);
    const locks = Object.entries(p.locks).flatMap(([unit, quota]) => both.map((side) =>
      ({ key: `locks.${unit}`, word: "lock", least: side, units: [Number(unit)], members: [quota] })));
    const min = { key: "bounds.min_quota", word: "min_quota", least: true, units: everyone, members: [p.min_quota] };
    const max = { key: "bounds.max_share", word: "max_share", least: false, units: everyone, of: "available",
      share: p.max_share, low: true };
    const rules = [...locks, ...shorts(true), ...(p.min_quota ? [min] : []), ...(p.max_share === null ? [] : [max])];
    return [...rules, ...shorts(false)].map((rule) => ({ ...rule, allows: allowed(p, rule, available) }));
  }

  function allowed(p, rule, available) {
    if (rule.members) {
      const each = rule.members.map(ratio);
      return rule.together || each.length === rule.units.length ? each : rule.units.map(() => each[0]);
    }
    const [top, bottom] = ratio(rule.share);
    const whole = (persons) => (rule.of === "target" ? [top * BigInt(p.target), bottom] : [top * persons, bottom * MICRO]);
    if (rule.together) return [whole(total(rule.units.map((i) => available[i]), 0n))];
    return rule.units.map((i) => whole(available[i]));
  }

  const lots = (rule, [top, bottom], lot) => {
    const size = bottom * BigInt(lot), made = rule.least ? (top + size - 1n) / size : top / size;
    return Math.min(Number(made), MOST_LOTS);
  };
  const down = ([top, bottom], lot) => Number(top / (bottom * BigInt(lot)));

  function bounded(p, available, target) {
    const count = p.workforce.length, rules = limits(p, available), single = rules.filter((rule) => !rule.together);
    const [floor, cap] = [0, target].map((each) => Array(count).fill(each));
    const made = { floor, cap, floorBy: Array(count), capBy: Array(count) };
    single.forEach((rule) => tighten(made, rule, p.lot));
    bands(made, single, p.lot);
    const gave = alike(made, single, p.lot, target);
    return { ...made, alike: gave, rules, tree: nested(rules.filter((rule) => rule.together), count, target, p.lot) };
  }

  function tighten(made, rule, lot) {
    const [side, by] = rule.least ? ["floor", "floorBy"] : ["cap", "capBy"];
    rule.units.forEach((unit, n) => {
      const bound = lots(rule, rule.allows[n], lot), free = !made[by][unit];
      const tighter = rule.least ? bound > made.floor[unit] || (free && !bound) : bound < made.cap[unit] || free;
      if (tighter) [made[side][unit], made[by][unit]] = [bound, rule];
    });
  }

  /* Least and most of one unit or set in members, where no whole lot lies between: the two lots around, or the lower. */
  function around(sides, lot) {
    const low = most(sides.filter(([rule]) => rule.least).map(([, members]) => members));
    const high = least(sides.filter(([rule]) => !rule.least).map(([, members]) => members));
    if (less(high, low)) return null;
    const under = down(low, lot), next = [BigInt(under + 1) * BigInt(lot), 1n];
    const one = sides.some(([rule, members]) => !rule.least && rule.low && (rule.together || less(members, next)));
    return [under, under + (one ? 0 : 1)];
  }

  /* The rules on one unit alone, each with the members it allows it. */
  const rulesOn = (rules, unit) => rules.filter((rule) => !rule.together && rule.units.includes(unit))
    .map((rule) => [rule, rule.allows[rule.units.indexOf(unit)]]);

  function bands(made, single, lot) {
    made.floor.forEach((floor, unit) => {
      if (floor <= made.cap[unit] || !made.capBy[unit]) return;
      const band = around(rulesOn(single, unit), lot);
      if (band) [made.floor[unit], made.cap[unit]] = band;
    });
  }

  /* Minima that give way alike: where all floors exceed the target, it is shared out over them; whether they did. */
  function alike(made, single, lot, target) {
    const crossed = made.floor.some((floor, unit) => floor > made.cap[unit] && made.capBy[unit]);
    const promised = single.filter((rule) => rule.alike), other = { floor: made.floor.map(() => 0), floorBy: [] };
    if (!promised.length || total(made.floor) <= target || crossed) return false;
    const wanted = new Map();
    promised.forEach((rule) => rule.units.forEach((unit, n) =>
      wanted.set(unit, most([wanted.get(unit) ?? [0n, 1n], rule.allows[n]]))));
    single.filter((rule) => rule.least && !rule.alike).forEach((rule) => tighten(other, rule, lot));
    const units = [...wanted.keys()].sort((a, b) => a - b);
    const left = target - total(made.floor.filter((_, unit) => !wanted.has(unit)));
    const floor = made.floor.map((each, unit) => Math.min(each, other.floor[unit]));
    if (left < total(units.map((unit) => floor[unit]))) return false;
    const claimed = made.floor.map((_, unit) => wanted.get(unit) ?? [0n, 1n]).map(([top, bottom]) => even(top * MICRO, bottom));
    flat(ready({ claims: claimed, floor, cap: made.floor, target: left, signpost: "webster" }), units, left, made.floor);
    return true;
  }

  /* Sums as nodes: 0 is all units together, a parent comes before its children. */
  function nested(rules, count, target, lot) {
    const keys = [...new Set(rules.map((rule) => rule.key))], home = Array(count).fill(0);
    const groups = keys.map((key) => rules.filter((rule) => rule.key === key));
    const tree = [{ parent: -1, floor: target, cap: target, units: home.map((_, i) => i), below: [] }];
    for (const sides of groups.sort((a, b) => b[0].units.length - a[0].units.length)) {
      const [rule] = sides, { units } = rule, parent = home[units[0]];
      const of = (side) => sides.filter((each) => each.least === side).map((each) => lots(each, each.allows[0], lot))[0];
      const [floor, cap] = [of(true) ?? null, of(false) ?? null], crossed = floor !== null && cap !== null && floor > cap;
      const band = crossed && around(sides.map((each) => [each, each.allows[0]]), lot);
      tree[parent].below.push(tree.length);
      units.forEach((unit) => { home[unit] = tree.length; });
      tree.push({ parent, rule, units, below: [], floor: band ? band[0] : floor, cap: band ? band[1] : cap });
    }
    return Object.assign(tree, { home });
  }

  /* What filling needs of a problem: claims in floating point, and the most lots of each unit. */
  function ready(s) {
    const limit = s.claims.map((claim, i) => (claim > 0n ? Math.max(s.cap[i], s.floor[i]) : s.floor[i]));
    const top = limit.map((each, i) => Math.max(Math.min(each, s.target), s.floor[i]));
    return { ...s, limit, top, size: s.claims.map(Number), sign: SIGNPOSTS[s.signpost] };
  }

  const lotOf = (s, i, k) => ({ i, k, cost: s.sign[1](k) / s.size[i] });

  /* The one order of lots: cost, larger claim, place in the table, k; exactly where floating point cannot tell. */
  function compare(s, a, b) {
    if (Math.abs(a.cost - b.cost) > NEAR * Math.max(a.cost, b.cost)) return a.cost - b.cost;
    const [[top, bottom], [over, under]] = [s.sign[0](BigInt(a.k)), s.sign[0](BigInt(b.k))];
    const [w, v] = [s.claims[a.i], s.claims[b.i]], [own, other] = s.sign[3] ? [w * w, v * v] : [w, v];
    const gap = top * under * other - over * bottom * own || v - w;
    return gap > 0n ? 1 : gap < 0n ? -1 : a.i - b.i || a.k - b.k;
  }

  /* Fill units without groups: the threshold λ first, then the last lots merged in exact order. */
  function flat(s, units, target, made) {
    const held = (level) => units.map((i) => (level < 0 ? s.floor[i]
      : Math.min(Math.max(s.sign[2](level * s.size[i]), s.floor[i]), s.top[i])));
    let low = -1, high = 0;
    if (total(held(0)) < target) {
      low = 0;
      high = target / Math.max(1, total(units.map((i) => s.size[i])));
      for (; total(held(high)) < target; high *= 2) low = high;
      for (;;) {
        const middle = low > 0 && high > 4 * low ? Math.sqrt(low * high) : (low + high) / 2;
        if (middle <= low || middle >= high) break;
        if (total(held(middle)) < target) low = middle;
        else high = middle;
      }
    }
    const base = held(low > 0 ? low * (1 - SAFE) : -1), end = held(high * (1 + SAFE)), open = [];
    units.forEach((i, n) => {
      made[i] = base[n];
      for (let k = base[n] + 1; k <= end[n]; k += 1) open.push(lotOf(s, i, k));
    });
    open.sort((a, b) => compare(s, a, b)).slice(0, target - total(base)).forEach(({ i }) => { made[i] += 1; });
  }

  /* Fill nested groups: as if the outer ones had no bounds, then those on the heavier side set aside at theirs. */
  function fill(s, units, groups, target, made) {
    if (!groups.length) return flat(s, units, target, made);
    fill(s, units, groups.flatMap((group) => s.tree[group].below), target, made);
    const beyond = groups.map((group) => {
      const { units: inside, floor, cap } = s.tree[group], now = total(inside.map((i) => made[i]));
      return [Math.max(0, now - (cap ?? now)), Math.max(0, (floor ?? 0) - now)];
    });
    const [over, under] = [0, 1].map((side) => total(beyond.map((each) => each[side])));
    if (!over && !under) return made;
    const side = over >= under ? 0 : 1, rest = new Set(units), free = groups.filter((_, n) => !beyond[n][side]);
    for (const group of groups.filter((_, n) => beyond[n][side])) {
      const node = s.tree[group], bound = side ? node.floor : node.cap;
      fill(s, node.units, node.below, bound, made);
      node.units.forEach((i) => rest.delete(i));
      target -= bound;
    }
    return fill(s, [...rest], free, target, made);
  }

  const sums = (s, given) => s.tree.map((node) => total(node.units.map((i) => given[i])));

  /* Why the bounds cannot hold together: keys of the model's messages, with their figures in members. */
  function collisions(s, lot) {
    const found = [], low = s.tree.map(() => 0), high = s.tree.map(() => 0), target = s.target * lot;
    const [floors, caps] = [s.floorBy, s.capBy].map((rules) => [...new Set(rules.filter(Boolean))]);
    s.floor.forEach((floor, unit) => {
      const figures = { unit, floor_rule: s.floorBy[unit], cap_rule: s.capBy[unit], least: floor * lot, most: s.cap[unit] * lot };
      if (floor > s.cap[unit] && s.floorBy[unit] && s.capBy[unit]) found.push({ key: "unit", ...figures });
    });
    if (found.length) return found;
    s.tree.home.forEach((node, i) => { low[node] += s.floor[i]; high[node] += s.top[i]; });
    for (let n = s.tree.length - 1; n > 0; n -= 1) {
      const { floor, cap, parent, rule } = s.tree[n], add = (key, more) =>
        found.push({ key, group: rule, least: low[n] * lot, most: high[n] * lot, ...more });
      if (floor !== null && cap !== null && floor > cap) add("group_order", { floor: floor * lot, cap: cap * lot });
      else if (floor !== null && floor > high[n]) add("group_floor", { floor: floor * lot, rules: caps });
      else if (cap !== null && cap < low[n]) add("group_cap", { cap: cap * lot, rules: floors });
      low[parent] += Math.max(low[n], floor ?? 0);
      high[parent] += Math.min(high[n], cap ?? high[n]);
    }
    const none = s.claims.every((claim) => claim === 0n), [least, most] = [low[0] * lot, high[0] * lot];
    if (most < target) found.push({ key: none ? "no_claims" : "above_caps", target, most, over: target - most, rules: caps });
    else if (least > target) found.push({ key: "below_floors", target, least, under: least - target, rules: floors });
    return found;
  }

  /* What contradicts itself before anything is posed: figures that are no whole lots, a floor above its ceiling. */
  function contradictions(p) {
    const locks = Object.entries(p.locks).map(([unit, members]) => ({ unit: Number(unit), members }));
    const found = p.target % p.lot ? [{ key: "target_not_lots", members: p.target }] : [];
    const odd = [...locks, ...p.whole].filter(({ members }) => members % p.lot);
    found.push(...odd.map((each) => ({ key: each.unit === undefined ? "rule_not_lots" : "lock_not_lots", ...each })));
    if (p.reserve > p.target) found.push({ key: "reserve", reserve: p.reserve });
    if (p.multipliers) return found;
    if (less(ratio(p.ceiling), ratio(p.floor))) found.push({ key: "attainment_order" });
    if (ratio(p.exponent)[0] < 0n && ratio(p.floor)[0] === 0n) found.push({ key: "catch_up_floor" });
    return found;
  }

  /* The problem posed in whole lots, or under `faults` why it cannot be. */
  function state(p) {
    const faults = contradictions(p);
    if (faults.length) return { faults };
    const [available, made] = claims(p), target = p.target / p.lot;
    const unit = made.findIndex((each) => each > MOST_CLAIM);
    if (unit >= 0) return { faults: [{ key: "claims_too_large", unit }] };
    const s = ready({ ...bounded(p, available, target), claims: made, available, target, signpost: p.signpost });
    return { ...s, faults: collisions(s, p.lot) };
  }

  /* The one fair allocation in whole lots, under `given`; or `faults`. */
  function decide(p) {
    const s = state(p);
    if (!s.faults.length) fill(s, s.tree[0].units, s.tree[0].below, s.target, s.given = Array(s.claims.length).fill(0));
    return s;
  }

  /* The proof, by comparing costs alone: every bound kept, and at every node of the groups the dearest lot given that
     could be taken back below the cheapest one not given. `why`: what fails. */
  function certify(s, given) {
    const held = sums(s, given), within = (each, floor, cap) => each >= (floor ?? 0) && each <= (cap ?? each);
    const unit = given.findIndex((each, i) => !Number.isSafeInteger(each) || !within(each, s.floor[i], s.cap[i]));
    if (held[0] !== s.target) return { why: { key: "total", held: held[0], target: s.target } };
    if (unit >= 0) return { why: { key: "bound", unit } };
    const node = s.tree.findIndex(({ floor, cap }, n) => !within(held[n], floor, cap));
    if (node >= 0) return { why: { key: "sum", group: s.tree[node].rule } };
    const at = s.tree.map(() => ({ last: null, next: null }));
    const into = (spot, last, next) => {
      if (last && (!spot.last || compare(s, last, spot.last) > 0)) spot.last = last;
      if (next && (!spot.next || compare(s, next, spot.next) < 0)) spot.next = next;
    };
    given.forEach((each, i) => {
      const [last, next] = [each > s.floor[i], each < s.limit[i]].map((open, more) => (open ? lotOf(s, i, each + more) : null));
      into(at[s.tree.home[i]], last, next);
    });
    for (let n = at.length - 1; n >= 0; n -= 1) {
      const { last, next } = at[n], { parent, floor, cap } = s.tree[n];
      if (last && next && compare(s, last, next) > 0) return { why: { key: "move", from: last.i, to: next.i } };
      if (n) into(at[parent], held[n] === floor ? null : last, held[n] === cap ? null : next);
    }
    return { why: null, at, held };
  }

  return { decide, certify, compare, lotOf, rulesOn, less };
})();
if (typeof module !== "undefined") module.exports = engine;
