/// Workload S as an author would write it: a rule file and a table of requests.
extension WorkloadS {
  /// The model and one `decide` with all the rules.
  var ruleText: String { ruleText(before: "", behind: "", data: "from \"requests.csv\"") }

  /// The same over the records of `Ingest`, which have a key, a customer and a day besides.
  func wideRuleText(data: String) -> String {
    let form = data.hasSuffix(".jsonl") ? " { discount as fraction }" : ""
    return ruleText(
      before: "id : text key\n    customer : text\n    ", behind: "\n    created : date",
      data: "from \"\(data)\"\(form)")
  }

  private func ruleText(before: String, behind: String, data: String) -> String {
    func list(_ letter: String, _ count: Int) -> String {
      (0..<count).map { "\(letter)\($0)" }.joined(separator: ", ")
    }
    var text = """
      currency CNY
      enum Family { \(list("F", 20)) }
      enum Channel { \(list("C", 4)) }
      enum Grade { \(Self.grades.joined(separator: ", ")) }
      enum Outcome { \(Self.outcomes.joined(separator: ", ")) }
      tree Region { \(Self.treeText(0)) }
      record Request {
        \(before)region : Region
        family : Family
        channel : Channel
        grade : Grade
        amount : money
        discount : percent
        quantity : integer\(behind)
      }
      data Request \(data)

      decide limit for Request -> Outcome, first {

      """
    for index in rules.indices { text += "  \(ruleText(index))\n" }
    return text + "  otherwise deny\n}\n"
  }

  /// A rule as it is written.
  private func ruleText(_ index: Int) -> String {
    let conditions = rules[index].conditionTexts
    let when = conditions.isEmpty ? "" : "when \(conditions.joined(separator: " and ")) : "
    return "\"rule \(index)\": \(when)\(Self.outcomes[rules[index].outcome])"
  }

  /// The rules as a `variant` of a file with others, of the same conditions in the same order.
  func variantText(_ title: String, of base: WorkloadS, in file: String) -> String {
    var text = "variant \"\(title)\" of \"\(file)\" {\n"
    for (index, rule) in rules.enumerated() where rule.outcome != base.rules[index].outcome {
      text += "  replace \"rule \(index)\" in decide limit { \(ruleText(index)) }\n"
    }
    return text + "}\n"
  }

  /// The requests as the CSV that the rule file names.
  var requestText: String {
    var text = "region,family,channel,grade,amount,discount,quantity\n"
    for request in requests {
      text += RegionTree.nodes[RegionTree.node(ofLeaf: request.region)].name
      text += ",F\(request.family),C\(request.channel),\(Self.grades[request.grade])"
      text += ",\(Self.cents(request.cents)),\(Self.tenths(request.tenths))%,\(request.quantity)\n"
    }
    return text
  }

  fileprivate static let grades = ["A", "B", "C", "D"]

  private static func treeText(_ node: Int) -> String {
    let children = RegionTree.nodes.indices.filter { RegionTree.nodes[$0].parent == node }
    guard !children.isEmpty else { return RegionTree.nodes[node].name }
    let inner = children.map(treeText).joined(separator: " ")
    return "\(RegionTree.nodes[node].name) { \(inner) }"
  }

  private static func cents(_ cents: Int) -> String {
    "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }

  fileprivate static func tenths(_ tenths: Int) -> String { "\(tenths / 10).\(tenths % 10)" }
}

extension WorkloadS.Rule {
  /// Its conditions in the language; what it does not ask is left out.
  fileprivate var conditionTexts: [String] {
    var texts: [String] = []
    if node >= 0 { texts.append("region within \(RegionTree.nodes[node].name)") }
    if family >= 0 { texts.append("family = F\(family)") }
    if channel >= 0 { texts.append("channel = C\(channel)") }
    if grades != 15 {
      let names = WorkloadS.grades.indices.filter { grades & 1 << UInt32($0) != 0 }
        .map { WorkloadS.grades[$0] }
      texts.append("grade in {\(names.joined(separator: ", "))}")
    }
    if high != 2_000_000_000 { texts.append("amount in \(low / 100)..<\(high / 100)") }
    if mostDiscount != 1000 { texts.append("discount <= \(WorkloadS.tenths(mostDiscount))%") }
    if leastQuantity > 0 { texts.append("quantity >= \(leastQuantity)") }
    return texts
  }
}
