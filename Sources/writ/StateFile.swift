import WritModel
import WritNetwork
import WritText

/// Reads turns and loads; a file that is not there yet is the beginning.
func readState(_ path: String) throws(Failure) -> State {
  guard fileExists(path) else { return State() }
  let bytes = try readFile(path)
  let json: JSON
  do throws(JSON.Failure) { json = try JSON.parse(bytes) } catch { throw .badState(path) }
  guard let state = State(json) else { throw .badState(path) }
  return state
}

/// Writes turns and loads, the old file or the new one, never half.
func writeState(_ state: State, to path: String) throws(Failure) {
  try replaceFile(path, with: Array((state.json.line + "\n").utf8))
}

extension State {
  /// What a state file holds.
  var json: JSONText {
    let counters = counters.map { counter in
      JSONText.object([
        ("name", .text(counter.name)), ("record", .text(counter.record)),
        ("lastTurn", .number("\(counter.lastTurn)")),
        (
          "entries",
          .list(
            counter.entries.map { entry in
              .object([
                ("key", .list(entry.key.map { .text($0) })),
                ("number", .number(entry.number.plain)),
              ])
            })
        ),
      ])
    }
    return .object([("writ", .text("state 1")), ("counters", .list(counters))])
  }

  /// nil for a text that is no state.
  init?(_ json: JSON) {
    guard case .text("state 1")? = json["writ"], case .array(let items)? = json["counters"] else {
      return nil
    }
    var counters: [Counter] = []
    for item in items {
      guard case .text(let name)? = item["name"], case .text(let record)? = item["record"],
        let last = item["lastTurn"]?.decimal, last.scale == 0,
        case .array(let entries)? = item["entries"]
      else { return nil }
      var kept: [Entry] = []
      for entry in entries {
        guard case .array(let parts)? = entry["key"], let number = entry["number"]?.decimal else {
          return nil
        }
        let key = parts.compactMap { part -> String? in
          if case .text(let text) = part { text } else { nil }
        }
        guard key.count == parts.count else { return nil }
        kept.append(Entry(key: key, number: number))
      }
      counters.append(
        Counter(name: name, record: record, lastTurn: last.mantissa, entries: kept))
    }
    self.init(counters: counters)
  }
}

extension JSON {
  fileprivate subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  fileprivate var decimal: Decimal? {
    guard case .number(let digits) = self else { return nil }
    return Decimal(digits)
  }
}

extension Failure {
  static func badState(_ path: String) -> Failure {
    Failure(
      code: "bad-state",
      message: Phrase("`\(path)` is no state that writ wrote", zh: "`\(path)` 不是 writ 写的状态文件"),
      help: [
        Phrase("give another file, or remove it to begin anew", zh: "换一个文件，或删掉它从头开始")
      ])
  }
}
