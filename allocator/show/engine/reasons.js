/* Why a unit has what it has, as far as its own bounds and sums it is in say so, from the certificate of the whole. */
const reasons = (() => {
  "use strict";
  const { compare, lotOf, rulesOn, less } = engine;

  /* The rule that alone has its least and its most alike on a unit. */
  function fixing(s, unit) {
    const on = rulesOn(s.rules, unit), alike = (a, b) => !less(a, b) && !less(b, a);
    const found = on.find(([rule, a]) => rule.least
      && on.some(([other, b]) => other.key === rule.key && !other.least && alike(a, b)));
    return found && found[0];
  }

  /* Lots of others that one of a unit could be exchanged for: in the sums it is in, as far out as none blocks. */
  function around(s, { at, held }, unit, side, end) {
    const found = [];
    for (let n = s.tree.home[unit]; n >= 0; n = s.tree[n].parent) {
      if (at[n][end]) found.push(at[n][end]);
      if (n && held[n] === s.tree[n][side]) break;
    }
    return found;
  }

  /* The sum at its bound that keeps a unit from getting more, or less, than outside of it. */
  function inSum(s, { at, held }, unit) {
    for (let n = s.tree.home[unit]; n > 0; n = s.tree[n].parent) {
      const { cap, floor, rule, parent } = s.tree[n], { last, next } = at[n], up = at[parent];
      if (held[n] === cap && next && up.last && compare(s, next, up.last) < 0) return { key: "group_cap", rule };
      if (held[n] === floor && last && up.next && compare(s, last, up.next) > 0) return { key: "group_floor", rule };
    }
    return null;
  }

  /* `locked`, `alike`, `floor`, `cap`, `group_floor`, `group_cap` with the rule, or `claim`; `proof`: what certifies. */
  return (s, proof, unit) => {
    const now = s.given[unit], rule = fixing(s, unit), claims = s.claims[unit] > 0n;
    if (rule) return { key: "locked", rule };
    if (s.alike && now) return { key: "alike" };
    const dearer = () => around(s, proof, unit, "floor", "next").some((each) => compare(s, lotOf(s, unit, now), each) > 0);
    if (now && now === s.floor[unit] && (!claims || dearer())) return { key: "floor", rule: s.floorBy[unit] };
    const cheaper = () => around(s, proof, unit, "cap", "last").some((each) => compare(s, lotOf(s, unit, now + 1), each) < 0);
    if (now === s.cap[unit] && s.capBy[unit] && claims && cheaper()) return { key: "cap", rule: s.capBy[unit] };
    return inSum(s, proof, unit) ?? { key: "claim" };
  };
})();
