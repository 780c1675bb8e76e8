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
    "table.no_file": "không có tệp này: hãy kiểm tra lại đường dẫn",
    "table.directory": "đây là thư mục, không phải bảng: hãy chỉ rõ tệp trong đó, ví dụ units.csv",
    "table.too_large": "{size:n1} MB vượt mức {most:n} MB cho phép của một bảng: hãy tách bảng hoặc bỏ phần không phải bảng",
    "table.too_many_rows": "{rows:n} dòng vượt mức {most:n} dòng cho phép của một bảng: hãy tách bảng",
    "table.not_utf8": "tệp không phải văn bản UTF-8: hãy lưu lại bảng ở dạng “CSV UTF-8”",
    "table.not_text": "tệp không phải văn bản: hãy đưa tệp CSV, hoặc bảng tính với đúng phần mở rộng (.xlsx, .xls, .ods)",
    "table.bad_csv": "không tách được văn bản thành các ô ({cause}): hãy đóng đủ dấu ngoặc kép, hoặc lưu lại bảng ở dạng CSV",
    "table.bad_workbook": "không đọc được bảng tính ({cause}): hãy mở bằng chương trình bảng tính, lưu lại dạng .xlsx không đặt mật khẩu rồi thử lại",
    "table.empty": "tệp rỗng: cần một dòng tiêu đề có unit và workforce, rồi mỗi đơn vị một dòng",
    "table.no_rows": "bảng chỉ có dòng tiêu đề, không có đơn vị nào: hãy thêm mỗi đơn vị một dòng",
    "table.missing_columns": "dòng tiêu đề thiếu {missing:list}; hiện có {seen:list}: hãy thêm hoặc đổi tên cột",
    "table.duplicate_column": "có hai cột cùng tên {column}: hãy đổi tên hoặc bỏ một cột",
    "table.blank_header": "cột có số liệu nhưng không có tên: hãy đặt tên ở dòng tiêu đề, hoặc xóa trống cột",
    "cell.ragged": "dòng có {cells:n} ô trong khi tiêu đề có {wanted:n}: hãy để mọi dòng có số ô bằng tiêu đề, và đặt trong ngoặc kép những chữ có chứa dấu phân cách",
    "cell.blank_unit": "dòng không có tên đơn vị: hãy ghi tên đơn vị, hoặc bỏ dòng",
    "cell.duplicate_unit": "đơn vị {unit} đã có ở {earlier}: tên các đơn vị không được chỉ khác nhau ở dấu cách hay cách mã hóa dấu; hãy đổi tên hoặc gộp hai dòng",
    "cell.blank": "{column} của {unit} bỏ trống: hãy điền số; nếu không có ai thì ghi 0",
    "cell.not_number": "“{cell}” ở cột {column} ({unit}) không phải là số: hãy ghi bằng chữ số, dấu chấm trước phần thập phân, không có dấu phân cách hàng nghìn",
    "cell.two_ways": "“{cell}” ở cột {column} ({unit}) có thể hiểu hai cách, là hàng nghìn hoặc số thập phân: nếu là hàng nghìn hãy ghi {plain}, nếu không hãy bỏ các số 0 hoặc số lẻ ở cuối",
    "cell.not_whole": "“{cell}” ở cột {column} ({unit}) không phải số người nguyên: hãy làm tròn hoặc sửa lại",
    "cell.negative": "“{cell}” ở cột {column} ({unit}) là số âm: số người không thể nhỏ hơn 0; hãy sửa lại",
    "cell.too_large": "“{cell}” ở cột {column} ({unit}) lớn hơn {most:n}: hãy sửa lại, hoặc dùng đơn vị đếm lớn hơn",
    "cell.text_column": "cột {column} chứa chữ ({unit}: “{cell}”): không dùng làm số liệu được; hãy chọn cột khác",
    "cell.not_percent": "“{cell}” ở cột {column} ({unit}) không phải là tỷ lệ phần trăm: hãy ghi kèm dấu %",
    "cell.two_ways_vietnamese": "“{cell}” ở cột {column} ({unit}) có thể hiểu hai cách, là hàng nghìn hoặc số thập phân: hãy ghi 1.500 nếu là một nghìn năm trăm, 1,5 nếu là một phẩy năm",
    "cell.more": "còn {more:n} lỗi tương tự không hiển thị: hãy sửa các lỗi này trước",
    "source.unknown_key": "không có khóa {key}: hãy sửa chính tả hoặc bỏ đi",
    "source.wrong_value": "{key} có giá trị {value}, không đúng loại cần ghi ở đó: chữ để trong ngoặc kép, danh sách để trong ngoặc vuông",
    "source.two_columns": "{key} phải nêu hai cột: hãy ghi [cột thứ nhất, cột thứ hai]",
    "extra.missing": "chưa cài phần bổ sung cần dùng: pip install \"allocator[{extra}]\"",
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
