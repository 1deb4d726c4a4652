import Glibc
import WritNetwork

extension Workload {
  static let generateClassics = Workload(
    name: "generate-classics", usage: "DIR [NAME…]",
    summary: "write parties and drawings: manners16, waltz50, waltzdb200 …", isPartOfAll: false
  ) { options in
    guard let directory = options.operands.first else {
      reportError("generate-classics needs a directory")
      return false
    }
    let names = options.operands.dropFirst()
    let wanted =
      names.isEmpty
      ? ClassicData.all.map { ClassicData($0.program, size: $0.size) }
      : names.compactMap { ClassicData(named: $0) }
    guard names.isEmpty || wanted.count == names.count else {
      reportError("a name is manners, waltz or waltzdb and a size: waltzdb64; parties are even")
      return false
    }
    mkdir(directory, 0o777)
    for data in wanted {
      let folder = "\(directory)/\(data.name)"
      mkdir(folder, 0o777)
      for file in data.files where !write(file.text, to: "\(folder)/\(file.name)") {
        reportError("cannot write \(folder)/\(file.name)")
        return false
      }
      print(folder)
    }
    return true
  }

  static let classics = Workload(
    name: "classics", usage: "[--answer] [NAME…]",
    summary: "Miss Manners, Waltz and WaltzDB to the end"
  ) { options in
    let showsAnswer = options.operands.contains("--answer")
    let names = options.operands.filter { $0 != "--answer" }
    let wanted =
      names.isEmpty
      ? ClassicData.all.map { ClassicData($0.program, size: $0.size) }
      : names.compactMap { ClassicData(named: $0) }
    guard names.isEmpty || wanted.count == names.count else {
      reportError("a name is manners, waltz or waltzdb and a size: waltzdb64; parties are even")
      return false
    }
    var isRight = true
    // Where a size took long, the larger ones of its program are left out.
    var slow: ClassicData.Program?
    for data in wanted where options.wants(data.name) {
      if slow == data.program {
        print("{\"name\":\"\(data.name)\",\"skipped\":\"a smaller one took long\"}")
        continue
      }
      guard let seconds = measure(data, options.isQuick, showsAnswer) else {
        isRight = false
        continue
      }
      if seconds > (options.isQuick ? 1 : 20) { slow = data.program }
    }
    return isRight
  }

  /// Seconds to the end; nil if it did not run or did not come out right.
  private static func measure(
    _ data: ClassicData, _ isQuick: Bool, _ showsAnswer: Bool
  ) -> Double? {
    guard let run = ClassicRun(data) else { return nil }
    var settlement = Settlement()
    var times: [Double] = []
    var memory = run.memory()
    // A long one is run once.
    repeat {
      memory = run.memory()
      let start = Figure.Clock.processor.now
      settlement = memory.settle(maxFirings: 10_000_000)
      times.append(Figure.Clock.processor.now - start)
    } while times.count < (isQuick ? 1 : 7) && times.reduce(0, +) < 5e9
    let figure = Figure(times.map { $0 / 1e6 })
    let rate = Double(settlement.firings) / (figure.median / 1e3)
    report(
      data.name, figure, unit: "ms",
      also: [("firings", "\(settlement.firings)"), ("firings_per_second", "\(Int(rate))")]
        + (showsAnswer
          ? [
            ("rules", json(run.firings(settlement))),
            ("order", "\"\(run.fingerprint)\""),
            ("answer", json(run.answer(of: data.program, in: memory))),
          ] : []))
    let counted = run.firings(settlement).merging(["": settlement.firings]) { $1 }
    for (title, count) in data.firings.sorted(by: { $0.key < $1.key })
    where counted[title] != count {
      let rule = title.isEmpty ? "all rules" : title
      reportError("\(data.name): \(rule) fired \(counted[title] ?? 0) times, not \(count)")
      return nil
    }
    guard settlement.unsettled.isEmpty, settlement.faultCount == 0 else {
      reportError("\(data.name): \(settlement.faultCount) faults, or it did not settle")
      return nil
    }
    if data.program == .manners, let mistake = run.mistake(inSeatingOf: data, memory) {
      reportError("\(data.name): \(mistake)")
      return nil
    }
    return times[0] / 1e9
  }

  private static func json(_ counts: [String: Int]) -> String {
    let members = counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    return "{" + members.joined(separator: ",") + "}"
  }

  /// Names and numbers need no escapes.
  private static func json(_ rows: [[String]]) -> String {
    let lists = rows.map { row in "[" + row.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
    return "[" + lists.joined(separator: ",") + "]"
  }
}
