import WritModel
public import WritNetwork
import WritRules
public import WritText

// What settling came to, in words.
extension Wording {
  /// The changes that go round, for a set of changes that did not settle.
  public func unsettled(_ settlement: Settlement, maxFirings: Int) -> Phrase {
    let titles = settlement.unsettled.map { "`\(program[program[$0].rule].title)`" }
    return Phrase(
      "the changes have not settled after \(maxFirings) firings; what goes round: "
        + titles.joined(separator: ", "),
      zh: "联动执行了 \(maxFirings) 次仍未停下；循环执行的是：" + titles.joined(separator: "、"))
  }

  /// A change or alert whose records meet in more ways than can be kept.
  public func explosion(_ explosion: Settlement.Explosion) -> Phrase {
    let production = program[explosion.production]
    let title = quoted(program[production.rule].title)
    let records = production.patterns.map { text(schema[$0.record].name) }
    let megabytes = explosion.bytes / 1_000_000
    return Phrase(
      "\(title) joins \(records.joined(separator: ", ")) in too many ways: "
        + "\(explosion.tokens) matches in \(megabytes) MB were not all",
      zh: "\(title) 的匹配太多（\(records.joined(separator: "、"))）：已有 \(explosion.tokens) 个，"
        + "占 \(megabytes) MB，仍未找完")
  }

  /// Why a firing did nothing: the change, its records, and what was wrong with which outcome.
  public func fault(_ fault: Settlement.Fault, in memory: Memory) -> Phrase {
    let production = program[fault.match.production]
    let title = quoted(program[production.rule].title)
    let records = zip(production.patterns, fault.match.rows).map { pattern, row in
      text(schema[pattern.record].name) + " "
        + key(of: .record(row, of: pattern.record), in: memory.facts)
    }.joined(separator: ", ")
    let what = what(fault, production, in: memory)
    let subject = records.isEmpty ? "" : " (\(records))"
    return Phrase(
      "\(title)\(subject) did nothing: \(what.english)",
      zh: "\(title)\(subject.isEmpty ? "" : "（\(records)）")没有执行：\(what.chinese)")
  }

  private func what(
    _ fault: Settlement.Fault, _ production: Production, in memory: Memory
  ) -> Phrase {
    switch fault.reason {
    case .keyTaken(let row):
      guard production.acts.indices.contains(fault.act),
        case .insert(let record, _) = production.acts[fault.act]
      else { return Phrase("its key is taken", zh: "主键已被占用") }
      let name = text(schema[record].name)
      let key = quoted(key(of: .record(row, of: record), in: memory.facts))
      return Phrase(
        "there is another \(name) \(key) that differs", zh: "已有主键为 \(key) 的 \(name)，内容不同")
    case .value(let value):
      let why = why(value)
      guard production.acts.indices.contains(fault.act) else { return Phrase(why, zh: why) }
      switch production.acts[fault.act] {
      case .set(let field, _, _):
        let name = "`\(text(schema[field].name))`"
        return Phrase("\(name) cannot be set: \(why)", zh: "\(name) 无法改写：\(why)")
      case .insert(let record, _):
        let name = "`\(text(schema[record].name))`"
        return Phrase("no \(name) can be made: \(why)", zh: "无法新增 \(name)：\(why)")
      case .remove: return Phrase("there is nothing to remove", zh: "没有可去掉的记录")
      }
    }
  }
}
