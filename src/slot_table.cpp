#include <linux_aio/detail/slot.hpp>

namespace linux_aio::detail {

SlotTable::SlotTable(std::uint32_t capacity) noexcept
    : slots_(new(std::nothrow) Slot[capacity]), capacity_(capacity) {
  if (!valid()) return;
  for (std::uint32_t index = capacity; index-- != 0;) {
    Slot& slot = slots_[index];
    slot.finish = nullptr;
    slot.generation = 0;
    slot.cancelled = 0;
    slot.refusal = 0;
    slot.held = false;
    slot.next = free_;
    free_ = index;
  }
}

}  // namespace linux_aio::detail
