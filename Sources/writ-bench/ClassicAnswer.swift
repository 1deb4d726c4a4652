import WritModel
import WritNetwork
import WritRules

// What a classic came to, beside how often its rules fired.
extension ClassicRun {
  /// The fields of a type's records as texts, in the order of the texts.
  func records(_ type: String, _ fields: [String], in memory: Memory) -> [[String]] {
    let schema = program.schema
    guard let index = schema.records.firstIndex(where: { $0.name.name == type }) else { return [] }
    let chosen = fields.compactMap { name in
      schema.records[index].fields.first { schema[$0].name.name == name }
    }
    let table = memory.facts[RecordID(index)]
    return (0..<table.count).filter { !table.isRemoved($0) }
      .map { row in chosen.map { text(memory.facts.value($0, row: row), memory) } }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func text(_ value: Value, _ memory: Memory) -> String {
    switch value.tag {
    case .text: memory.facts.texts.text(of: Symbol(Int(value.bits)))
    case .number: value.decimal.description
    case .member: name(of: value)
    default: "none"
    }
  }

  private func name(of member: Value) -> String {
    let members = program.schema[EnumID(Int(member.aux))].members
    let name = members[Int(member.bits)]
    return name.label ?? name.name
  }

  /// The answer, as other engines give it too.
  func answer(of classic: ClassicData.Program, in memory: Memory) -> [[String]] {
    switch classic {
    case .manners: records("Place", ["seat", "name"], in: memory)
    case .waltz: records("Edge", ["p1", "p2", "label"], in: memory)
    case .waltzdb: records("Junction", ["base_point", "name"], in: memory)
    }
  }

  /// What is wrong with the seating of a party; nil: all sit, neighbours differ in sex and share a
  /// hobby.
  func mistake(inSeatingOf data: ClassicData, _ memory: Memory) -> String? {
    var sexes: [String: String] = [:]
    var hobbies: [String: Set<String>] = [:]
    for guest in records("Guest", ["name", "sex", "hobby"], in: memory) {
      sexes[guest[0]] = guest[1]
      hobbies[guest[0], default: []].insert(guest[2])
    }
    let places = records("Place", ["seat", "name"], in: memory)
    var row = [String?](repeating: nil, count: data.size)
    for place in places {
      if let seat = Int(place[0]), row.indices.contains(seat - 1) { row[seat - 1] = place[1] }
    }
    let seated = row.compactMap(\.self)
    guard places.count == data.size, Set(seated).count == data.size else {
      return "\(Set(seated).count) of \(data.size) sit"
    }
    for (left, right) in zip(seated, seated.dropFirst()) {
      if sexes[left] == sexes[right] { return "\(left) and \(right) are of one sex" }
      if hobbies[left, default: []].isDisjoint(with: hobbies[right, default: []]) {
        return "\(left) and \(right) share no hobby"
      }
    }
    return nil
  }
}
