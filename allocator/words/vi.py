"""Vietnamese. Keys are grouped by room; `tests/test_words.py` holds the catalogues to the same keys and values."""

TEXT = {
    "list.and": "và",
    # ── command line ──────────────────────────────────────────────────────────────────────────────────────────────
    "cli.help": "Chia chỉ tiêu kết nạp đoàn viên cho các đơn vị theo lô chẵn, chứng minh được là công bằng và giải trình được từng chỉ tiêu.",
    "cli.epilog": "Bắt đầu bằng: allocator run",
    "cli.commands": "Các lệnh",
    "cli.example": "Ví dụ:",
    "cli.error": "lỗi: {message}",
    "cli.interrupted": "đã dừng theo yêu cầu",
    "cli.internal": "chương trình gặp điều không lường trước ({cause}): đặt ALLOCATOR_DEBUG=1, chạy lại và báo nội dung in ra",
    "cli.option.json": "In một đối tượng JSON, không in gì khác.",
    "cli.option.lang": "Ngôn ngữ hiển thị (mặc định: theo máy, nếu không có thì en).",
    "cli.option.set": "Đổi một khóa của kịch bản cho lần gọi này, ví dụ --set growth.realisation=0.3 (lặp lại được).",
    "cli.option.data": "Dùng bảng này thay cho bảng của kịch bản.",
    # ── data: tables, numbers, audit ──────────────────────────────────────────────────────────────────────────────
    "table.no_column": "không có cột {column}: hãy dùng một trong các cột {columns:list}, hoặc thêm cột đó vào bảng",
    # ── data: import ──────────────────────────────────────────────────────────────────────────────────────────────
    # ── scenario files ────────────────────────────────────────────────────────────────────────────────────────────
    # ── model ─────────────────────────────────────────────────────────────────────────────────────────────────────
    # ── explain, appeal, verify, infeasible ───────────────────────────────────────────────────────────────────────
    # ── sensitivity ───────────────────────────────────────────────────────────────────────────────────────────────
    # ── calibrate ─────────────────────────────────────────────────────────────────────────────────────────────────
    # ── report ────────────────────────────────────────────────────────────────────────────────────────────────────
    # ── page ──────────────────────────────────────────────────────────────────────────────────────────────────────
    # ── scale: hierarchy, sweeps, synth ───────────────────────────────────────────────────────────────────────────
    # ── year: review, plan, unions ────────────────────────────────────────────────────────────────────────────────
    # ── end ───────────────────────────────────────────────────────────────────────────────────────────────────────
}
