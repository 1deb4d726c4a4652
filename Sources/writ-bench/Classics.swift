import Glibc

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
}
