import Foundation
import Testing

/// What a run of the built program gave.
struct Run {
  let status: Int32
  let out: String
  let messages: String
}

/// A fresh folder that goes away with the value's last use.
final class Scratch {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "writ-test-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, making the folders that it needs.
  func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

  func write(_ name: String, _ bytes: Data) throws {
    let file = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: file)
  }

  func read(_ name: String) throws -> String {
    try String(decoding: Data(contentsOf: URL(fileURLWithPath: path + "/" + name)), as: UTF8.self)
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

/// Where the built programs stand: beside the tests.
private let products: URL = {
  var url = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  while url.path != "/", !FileManager.default.fileExists(atPath: url.path + "/writ") {
    url.deleteLastPathComponent()
  }
  return url
}()

/// The built `writ`.
let builtProgram = products.path + "/writ"

/// The root of the package.
let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// Runs `writ` as a person would, with a plain environment.
func writ(
  _ arguments: String..., input: String = "", in folder: Scratch? = nil,
  environment: [String: String] = [:]
) throws -> Run {
  try run(products.path + "/writ", arguments, input: input, in: folder, environment: environment)
}

/// Runs `writ-bench`.
func bench(_ arguments: String...) throws -> Run {
  try run(products.path + "/writ-bench", arguments, input: "", in: nil, environment: [:])
}

/// Runs a shell line in which `writ` is the built program.
func shell(_ line: String, in folder: Scratch? = nil) throws -> Run {
  try run("/bin/bash", ["-c", line], input: "", in: folder, environment: [:])
}

private func run(
  _ program: String, _ arguments: [String], input: String, in folder: Scratch?,
  environment: [String: String]
) throws -> Run {
  let scratch = Scratch()
  try scratch.write("in", input)
  try scratch.write("out", "")
  try scratch.write("messages", "")
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  var variables = ["LANG": "en_US.UTF-8", "PATH": products.path + ":/usr/bin:/bin"]
  variables.merge(environment) { $1 }
  process.environment = variables
  process.currentDirectoryURL = URL(fileURLWithPath: folder?.path ?? scratch.path)
  process.standardInput = FileHandle(forReadingAtPath: scratch.path + "/in")
  process.standardOutput = FileHandle(forWritingAtPath: scratch.path + "/out")
  process.standardError = FileHandle(forWritingAtPath: scratch.path + "/messages")
  try process.run()
  process.waitUntilExit()
  return Run(
    status: process.terminationReason == .exit ? process.terminationStatus : -1,
    out: try scratch.read("out"), messages: try scratch.read("messages"))
}
