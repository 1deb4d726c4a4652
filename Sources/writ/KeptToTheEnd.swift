/// Keeps what a command made until the process ends, when the system takes all of it away at once.
/// To free trees and programs of thousands of rules node by node before would be waited for by
/// somebody, and help nobody.
func keepToTheEnd<Value>(_ value: Value) {
  _ = Unmanaged.passRetained(Kept(value))
}

private final class Kept<Value> {
  let value: Value

  init(_ value: Value) { self.value = value }
}
