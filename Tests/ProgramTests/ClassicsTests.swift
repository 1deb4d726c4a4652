import Foundation
import Support
import Testing

private let classics = packageRoot + "/playground/classics"

/// Miss Manners, Waltz and WaltzDB, held against what is known of them.
struct ClassicsTests {
  @Test(arguments: ["manners", "waltz", "waltzdb"])
  func `the rules check`(program: String) throws {
    let run = try writ("check", "\(classics)/\(program)")
    #expect(run.status == 0, "\(run.out)\(run.messages)")
  }

  /// The committed data are what the generator makes.
  @Test(arguments: [("manners", 16), ("waltz", 12), ("waltzdb", 4)])
  func `the data beside the rules are made again to the byte`(program: String, size: Int) throws {
    let scratch = Scratch()
    let name = "\(program)\(size)"
    #expect(try bench("generate-classics", scratch.path, name).status == 0)
    let made = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/\(name)")
    let kept = try FileManager.default.contentsOfDirectory(atPath: "\(classics)/\(program)")
      .filter { $0.hasSuffix(".jsonl") }
    #expect(made.sorted() == kept.sorted())
    for file in made {
      let text = try String(contentsOfFile: "\(classics)/\(program)/\(file)", encoding: .utf8)
      #expect(try scratch.read("\(name)/\(file)") == text, "\(file)")
    }
  }

  @Test func `sizes that cannot be are refused`() throws {
    let scratch = Scratch()
    for name in ["manners7", "waltz", "waltz0", "chess8"] {
      let run = try bench("generate-classics", scratch.path, name)
      #expect(run.status == 1)
      #expect(run.out.contains("error"))
    }
  }

  @Test(
    .enabled("the public facts are not there") { suite != nil })
  func `parties and drawings are the public ones`() throws {
    let facts = try #require(suite) + "/facts"
    let scratch = Scratch()
    #expect(try bench("generate-classics", scratch.path).status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: facts).sorted()
    #expect(names.count == 13)
    for name in names {
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(facts)/\(name)") {
        let theirs = try records(
          String(contentsOfFile: "\(facts)/\(name)/\(file)", encoding: .utf8))
        let ours = try records(scratch.read("\(name)/\(file)"))
        #expect(!theirs.isEmpty)
        #expect(ours == theirs, "\(name)/\(file)")
      }
    }
    #expect(try records(scratch.read("waltzdb64/line.jsonl")).count == 76 * 65 - 4)
    #expect(try records(scratch.read("waltzdb200/line.jsonl")).count == 76 * 201 - 4)
  }

  /// Lines of JSON, each as sorted texts, in an order of their own: `1` and `"1"` are one name.
  private func records(_ text: String) throws -> [[String]] {
    try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      return object.map { "\($0.key)=\($0.value)" }.sorted()
    }.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

/// What CLIPS makes of the same facts, rule by rule.
struct ClassicsResultTests {
  /// One classic run to its end by `writ-bench`, which looks at the seats and the totals itself.
  private struct Result {
    let firings: Int
    let rules: [String: Int]
    let answer: [[String]]

    init(_ name: String) throws {
      let run = try bench("classics", "--quick", "--answer", name)
      #expect(run.status == 0, "\(run.out.suffix(300))")
      let line = try #require(run.out.split(separator: "\n").first)
      let found =
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      firings = found["firings"] as? Int ?? 0
      rules = found["rules"] as? [String: Int] ?? [:]
      answer = found["answer"] as? [[String]] ?? []
    }

    /// How many records of the answer have each value in a column.
    func counts(_ column: Int) -> [String: Int] {
      answer.reduce(into: [:]) { $0[$1[column], default: 0] += 1 }
    }
  }

  private func expected(_ name: String, _ strategy: String = "depth") throws -> [String: Any] {
    let path = try #require(suite) + "/expected.json"
    let all = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    let runs = ((all as? [String: Any])?[name] as? [String: Any])?["clips_6_4_1"]
    return try #require((runs as? [String: Any])?[strategy] as? [String: Any])
  }

  @Test(.enabled("the public results are not there") { suite != nil }, arguments: [8, 16, 32])
  func `every rule of miss manners fires as often`(guests: Int) throws {
    let result = try Result("manners\(guests)")
    let known = try expected("manners\(guests)")
    #expect(result.firings == known["fired"] as? Int)
    #expect(result.rules == known["rules"] as? [String: Int])
    #expect(result.answer.count == guests)
  }

  @Test(.enabled("the public results are not there") { suite != nil })
  func `waltz fires as often and labels as many edges so`() throws {
    let result = try Result("waltz12")
    let known = try expected("waltz12")
    #expect(result.firings == known["fired"] as? Int)
    var labels = known["edge_labels"] as? [String: Int] ?? [:]
    labels["none"] = labels.removeValue(forKey: "nil")
    #expect(result.counts(2) == labels)
    // Which of the rules for arrows fires depends on which end of a junction is called first.
    func merged(_ rules: [String: Int]) -> [String: Int] {
      rules.reduce(into: [:]) { counts, rule in
        let isArrow = rule.key.hasPrefix("label_arrow")
        if rule.value > 0 { counts[isArrow ? "arrows" : rule.key, default: 0] += rule.value }
      }
    }
    #expect(merged(result.rules) == merged(known["rules"] as? [String: Int] ?? [:]))
  }

  @Test(.enabled("the public results are not there") { suite != nil })
  func `waltz database comes to the same junctions`() throws {
    let result = try Result("waltzdb4")
    let known = try expected("waltzdb4")
    #expect(result.counts(1) == known["junction_names"] as? [String: Int])
    let rules = try #require(known["rules"] as? [String: Int])
    for title in [
      "reverse_edges", "make_3_junction", "make_L", "marking", "checking2",
      "start_visit_3_junction", "start_visit_2_junction", "end_visit", "stop_marking",
      "start_checking", "stop_checking", "initial_boundary_junction_arrow",
      "second_boundary_junction_L", "done_labeling", "done",
    ] { #expect(result.rules[title] == rules[title], "\(title)") }
  }
}

/// Where the public suite stands; nil, and said once, where it does not.
private let suite: String? = {
  let path = SharedFiles.root + "/suites/production-benchmarks"
  if FileManager.default.fileExists(atPath: path + "/expected.json") { return path }
  print("no \(path): the classics were not held against it")
  return nil
}()
