/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Writes small DICOM files, element by element, so that tests can also write wrong ones. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MAKE_EXPLICIT,
  MAKE_IMPLICIT,
  MAKE_BIG_ENDIAN,
} MakeSyntax;

/** make_text, make_number, make_bytes: append one element. Texts are padded to even length. */
void make_text (GByteArray *out, MakeSyntax syntax, guint32 tag, const char *vr, const char *text);
void make_number (GByteArray *out, MakeSyntax syntax, guint32 tag, guint value);
void make_bytes (
  GByteArray *out, MakeSyntax syntax, guint32 tag, const char *vr, const void *bytes, gsize n);

/** make_head: tag, representation and length alone. */
void make_head (GByteArray *out, MakeSyntax syntax, guint32 tag, const char *vr, guint32 length);

/** make_begin: preamble, "DICM" and a meta header that names @transfer_syntax. */
void make_begin (GByteArray *out, const char *transfer_syntax);

/** make_sequence: appends a sequence of defined length with one item that holds @item, which is freed. */
void make_sequence (GByteArray *out, MakeSyntax syntax, guint32 tag, GByteArray *item);

/**
 * MakeSlice: one axial CT slice. Zero fields take what stands behind them.
 * @z_mm, @shift_mm: position is -10, -20 + shift, z
 * @first: stored number of the first pixel; that of (i, j) is first + i + 10 * j
 * @pad_bits: bits put around the stored ones
 */
typedef struct
{
  MakeSyntax  syntax;
  gboolean    no_meta;
  int         number;
  int         acquisition;
  double      z_mm;
  double      shift_mm;
  int         columns;        /* 6 */
  int         rows;           /* 4 */
  int         bits_allocated; /* 16 */
  int         bits_stored;    /* bits_allocated */
  int         high_bit;       /* bits_stored - 1 */
  gboolean    is_signed;
  int         first;
  guint       dirty;
  const char *slope;      /* "1" */
  const char *intercept;  /* "0" */
  const char *padding;    /* none */
  const char *series_uid; /* "1.2.3" */
  const char *instance_uid;
  const char *image_type;  /* "ORIGINAL\\PRIMARY\\AXIAL" */
  const char *orientation; /* "1\\0\\0\\0\\1\\0" */
  const char *spacing;     /* "2\\1.5": rows 2 mm apart, columns 1.5 mm */
  const char *kind;        /* "CT" */
  const char *colours;     /* "MONOCHROME2" */
  const char *patient;     /* "DOE^JANE" */
  const char *patient_id;  /* patient, or "4711" */
  const char *birth_date;  /* none */
  const char *study_uid;   /* "1.2" */
  const char *study_date;  /* "20240131" */
  const char *description; /* "Thorax" */
} MakeSlice;

GByteArray *make_slice (const MakeSlice *slice);

/** make_save: writes @bytes, which are freed, as @folder/@name. */
void make_save (GByteArray *bytes, const char *folder, const char *name);

/** make_series: @n slices of @slice in @folder, @gap_mm apart, their numbers rising by 100 a slice. */
void make_series (const MakeSlice *slice, const char *folder, int n, double gap_mm);

/** make_zip: all files of @folder as an archive, deflated or stored. */
void make_zip (const char *folder, const char *path, gboolean deflated);

G_END_DECLS
