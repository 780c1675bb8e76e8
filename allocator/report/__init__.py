"""What people get: one document model that becomes a workbook, letters, a page and charts."""
