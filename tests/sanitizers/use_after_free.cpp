#include <memory>

namespace {

int* volatile freed;

}  // namespace

int main() {
  auto owner = std::make_unique<int>(1);
  freed = owner.get();
  owner.reset();
  return *freed;  // BUG
}
