import Glibc
import WritModel
import WritNetwork

extension Workload {
  /// What other engines are given: the same rules and requests as plain integers, as a rule file and
  /// as a table, and which rule wins each request.
  static let generateS = Workload(
    name: "generate-s", usage: "DIR RULES [REQUESTS]",
    summary: "write workload S: rules, requests and winners, for other engines", isPartOfAll: false
  ) { options in
    guard let directory = options.operands.first,
      options.operands.count > 1, let rules = Int(options.operands[1]), rules > 0
    else {
      reportError("generate-s needs a directory and a number of rules")
      return false
    }
    let requests = options.operands.count > 2 ? Int(options.operands[2]) ?? 0 : 100_000
    let workload = WorkloadS(rules: rules, requests: requests, seed: 1)
    let made = ProgramS(workload)
    let memory = Memory(Network(compiling: made.program), facts: made.facts, today: 20_000)
    let winners = memory.values(of: made.winner, rows: 0..<requests)
    mkdir(directory, 0o777)
    let files = [
      ("rules.txt", workload.ruleLines), ("records.txt", workload.requestLines),
      ("rules.writ", workload.ruleText), ("requests.csv", workload.requestText),
      ("winners.txt", winners.map { "\($0.bits)\n" }.joined()),
    ]
    for (name, text) in files where !write(text, to: "\(directory)/\(name)") {
      reportError("cannot write \(directory)/\(name)")
      return false
    }
    return true
  }
}
