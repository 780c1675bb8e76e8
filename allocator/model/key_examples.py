"""A scenario that has every key once at least: what the reference of the keys shows of each."""

EXAMPLES = """
extends: base.yaml
title: {vi: Hai phần mười ước tăng, en: Two tenths of the growth}
question: {vi: "Nếu chỉ hai phần mười ước tăng thành hiện thực?", en: "What if only two tenths of the growth come?"}
data: units.csv
published: published_quota
target: 6500
lot: 10
signpost: jefferson
drivers: [{column: workforce, share: 80%}, {column: term_target, share: 10%}, {equal: true, share: 10%}]
growth: {realisation: 20%, units: {Châu Phú: 35%}}
attainment: {basis: net, exponent: 1, floor: 50%, ceiling: 120%, missing: province}
rules:
  - {for: all, except: [Tịnh Biên], each: {least: 20}}
  - {for: {kind: district}, together: {least: {share: 40%, of: target}}, name: Khối huyện}
  - {for: all, each: {most: {share: 60%, of: available}}}
  - {for: all, each: {least: {share: 90%, of: published}}, short: alike}
  - {for: all, each: {most: {column: own_maximum}}}
  - {for: {units: [An Phú]}, each: {least: 30, most: 30}, by: LĐLĐ tỉnh, reason: '3/2017', firm: true}
  - {for: {under: An Giang}, each: {least: 20}}
  - {for: {where: {kind: sector}}, each: {least: 20}}
bounds:
  min_quota: 20
  max_share: 60%
  units: {Tịnh Biên: {min: 20, max: 100, firm: true}}
  pace: {reference: published_quota, down: 30%, up: 50%, firm: true}
  firm: [min_quota]
locks: [{unit: An Phú, quota: 30, by: LĐLĐ tỉnh, reason: '3/2017', firm: true}]
groups:
  - {name: Khối huyện, kind: district, min: 2000, max: 4000, firm: true}
  - {name: Biên giới, units: [An Phú, Tịnh Biên], min: 50}
risk: {weight: 0.5, reachable: 55%}
uncertainty:
  default: {dist: triangular, low: 0, mode: 20%, high: 100%}
  units:
    Châu Phú: {dist: pert, low: 10%, mode: 20%, high: 60%}
    An Phú: {dist: beta, a: 2, b: 5}
    Tịnh Biên: {dist: normal, mean: 20%, sd: 10%}
    Tri Tôn: {dist: values, values: [10%, 20%, 40%]}
  kinds: {sector: {dist: uniform, low: 0, high: 50%}}
  factor: {district: 30%}
  correlation: {An Phú: {Tịnh Biên: 0.5}}
  workforce: {dist: normal, deviation: 10%, units: {An Phú: 20%}, kinds: {sector: 5%}}
  attainment: {dist: uniform, deviation: 15%}
  columns: {term_target: {dist: lognormal, deviation: 5%}}
follows: base.yaml
carry_over: 50%
hierarchy: levels
levels:
  - {lot: 100}
  - {drivers: [{column: workforce}]}
  - {growth: {realisation: 20%}}
  - {attainment: {exponent: 1}}
  - {bounds: {max_share: 60%}}
  - {locks: [{unit: An Phú, quota: 30}]}
  - {groups: [{name: Khối huyện, kind: district, min: 2000}]}
season: [5%, 5%, 10%, 10%, 10%, 10%, 10%, 10%, 10%, 10%, 5%, 5%]
year: 2017
quota_basis: net
review: {price: 0.1, reserve: 200, release: 100}
unions: {share: 90%, least_workers: 10, over: province}
what: {vi: công đoàn cơ sở, en: grassroots unions}
office:
  upper_body: Tổng Liên đoàn Lao động Việt Nam
  body: Liên đoàn Lao động tỉnh An Giang
  province: An Giang
  place: An Giang
  date: '2017-03-01'
  number: '12'
  series: LĐLĐ
  signer: {title: Chủ tịch, name: HỌ VÀ TÊN}
  recipients: [Thường trực Tỉnh ủy (báo cáo)]
  department: Ban Tổ chức
  period: 2013 - 2016
  basis: [Kế hoạch số 131/KH-LĐLĐ ngày 15/02/2017]
  reporting: ['2017-05-15', '2017-11-20']
  names: {Châu Phú: Liên đoàn Lao động huyện Châu Phú}
  templates: {letter: thu.docx, annex: phu-luc.docx}
"""
"""Each excerpt is a scenario with `data` and `target`."""
