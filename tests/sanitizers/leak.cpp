#include <memory>

namespace {

int* volatile lost;
void lose() {
  lost = std::make_unique<int>(1).release();  // BUG
}

}  // namespace

int main() {
  lose();
  lost = nullptr;
}
