/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/layout.h"

#include "model/core/error.h"

#include <stdlib.h>
#include <string.h>

/* DICOM PS3.5 sections 7 and A.4, PS3.10 section 7: elements of a tag, in explicit syntaxes a value representation,
 * a length and a value; a length of 0xFFFFFFFF is ended by a delimiter. */

#define PREAMBLE 128
#define UNDEFINED 0xffffffffu
#define NO_END (G_MAXSIZE / 2) /* of the data set: that of the file */
#define MAX_DEPTH 32
#define MAX_HEADER_BYTES ((gsize) 256 << 20)
#define META_LIMIT 65536

#define TAG(group, element) ((guint32) (group) << 16 | (element))
#define TAG_TRANSFER_SYNTAX TAG (0x0002, 0x0010)
#define TAG_ITEM TAG (0xfffe, 0xe000)
#define TAG_ITEM_END TAG (0xfffe, 0xe00d)
#define TAG_SEQUENCE_END TAG (0xfffe, 0xe0dd)
#define TAG_PIXELS TAG (0x7fe0, 0x0010)

typedef struct
{
  SagDicomInput  *input;
  SagDicomSyntax  syntax;
  SagDicomLayout *layout;
  GError        **error;
} Walk;

typedef struct
{
  guint32 tag;
  char    vr[3];
  guint32 length;
  gsize   n_head; /* bytes of tag, representation and length */
} Element;

static guint
get16 (const guint8 *bytes, SagDicomSyntax syntax)
{
  return syntax == SAG_DICOM_BIG_ENDIAN ? bytes[0] << 8 | bytes[1] : bytes[1] << 8 | bytes[0];
}

static guint32
get32 (const guint8 *bytes, SagDicomSyntax syntax)
{
  const guint32 first = get16 (bytes, syntax), second = get16 (bytes + 2, syntax);

  return syntax == SAG_DICOM_BIG_ENDIAN ? first << 16 | second : second << 16 | first;
}

static gboolean
fail (GError **error, SagError code, const char *message)
{
  g_set_error_literal (error, SAG_ERROR, code, message);
  return FALSE;
}

static gboolean
fail_cut (Walk *walk)
{
  return fail (walk->error, SAG_ERROR_FORMAT, "ends within its header. Copy or fetch it again.");
}

/* How an element is written of a representation that DICOM has. */
typedef enum
{
  VR_SHORT, /* a length of two bytes */
  VR_LONG,  /* two that are reserved, and a length of four */
  VR_OTHER, /* none that DICOM has: PS3.5 section 6.2.2 says that later ones are of the long form */
} VrKind;

static VrKind
find_vr (const char *vr)
{
  static const char *const longs[] = { "OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                       "SV", "UC", "UN", "UR", "UT", "UV" };
  static const char *const shorts[] = { "AE", "AS", "AT", "CS", "DA", "DS", "DT",
                                        "FD", "FL", "IS", "LO", "LT", "PN", "SH",
                                        "SL", "SS", "ST", "TM", "UI", "UL", "US" };

  for (gsize i = 0; i < G_N_ELEMENTS (longs); i++)
    if (strcmp (vr, longs[i]) == 0)
      return VR_LONG;
  for (gsize i = 0; i < G_N_ELEMENTS (shorts); i++)
    if (strcmp (vr, shorts[i]) == 0)
      return VR_SHORT;
  return VR_OTHER;
}

/* 1: an element is there; 0: nothing but the end; -1: an error is set. */
static int
read_element (Walk *walk, gsize at, gsize end, SagDicomSyntax syntax, Element *element)
{
  gsize         n_have;
  const guint8 *bytes = sag_dicom_input_want (walk->input, MIN (end, at + 12), &n_have);

  n_have = MIN (n_have, end);
  if (at >= n_have)
    return 0;
  if (n_have - at < 8)
    {
      /* Some writers pad the file with zeros; within a sequence the next element would be taken for the rest of one. */
      for (gsize i = at; i < n_have; i++)
        if (end != NO_END || bytes[i] != 0)
          return fail_cut (walk), -1;
      return 0;
    }
  bytes += at;
  element->tag = TAG (get16 (bytes, syntax), get16 (bytes + 2, syntax));
  element->vr[0] = '\0';
  element->n_head = 8;
  if (syntax == SAG_DICOM_IMPLICIT || element->tag >> 16 == 0xfffe)
    {
      element->length = get32 (bytes + 4, syntax);
      return 1;
    }
  memcpy (element->vr, bytes + 4, 2);
  element->vr[2] = '\0';
  if (!g_ascii_isupper (element->vr[0]) || !g_ascii_isupper (element->vr[1]))
    {
      g_set_error (
        walk->error, SAG_ERROR, SAG_ERROR_FORMAT,
        "is damaged: the element (%04X,%04X) of its header is of no known kind. Fetch it "
        "again.",
        element->tag >> 16, element->tag & 0xffff);
      return -1;
    }
  if (find_vr (element->vr) == VR_SHORT)
    {
      element->length = get16 (bytes + 6, syntax);
      return 1;
    }
  if (n_have - at < 12)
    return fail_cut (walk), -1;
  element->length = get32 (bytes + 8, syntax);
  element->n_head = 12;
  return 1;
}

static gboolean walk_items (
  Walk *walk, gsize *at, gsize end, gboolean to_delimiter, SagDicomSyntax syntax, int depth);

/* Compressed pixels inside a sequence, such as an icon's: items that hold bytes, not elements. */
static gboolean
skip_fragments (Walk *walk, gsize *at, gsize end, SagDicomSyntax syntax)
{
  Element element;

  while (read_element (walk, *at, end, syntax, &element) == 1)
    {
      *at += element.n_head;
      if (element.tag == TAG_SEQUENCE_END)
        return TRUE;
      if (element.tag != TAG_ITEM || element.length > end - *at)
        break;
      *at += element.length;
    }
  return *walk->error != NULL ? FALSE : fail_cut (walk);
}

static void
note_pixels (Walk *walk, const Element *element, gsize value)
{
  SagDicomLayout *layout = walk->layout;
  const guint64   size = sag_dicom_input_get_size (walk->input);

  layout->has_pixels = TRUE;
  layout->pixel_value_offset = value;
  layout->pixel_bytes = element->length;
  if (element->length != UNDEFINED)
    {
      layout->codec = SAG_DICOM_NATIVE;
      return;
    }
  layout->pixel_bytes = size - MIN (value, size);
  if (layout->codec == SAG_DICOM_NATIVE)
    layout->codec = SAG_DICOM_OTHER_CODEC;
}

/* Of a length left open: what DICOM has no other name for is a sequence of implicit elements (PS3.5 section 6.2.2). */
static gboolean
walk_open (
  Walk *walk, gsize *at, gsize end, const Element *element, SagDicomSyntax syntax, int depth)
{
  const VrKind kind = element->vr[0] == '\0' ? VR_LONG : find_vr (element->vr);

  if (kind == VR_LONG && element->vr[0] == 'O')
    return skip_fragments (walk, at, end, syntax);
  if (kind == VR_OTHER || strcmp (element->vr, "UN") == 0)
    syntax = SAG_DICOM_IMPLICIT;
  return walk_items (walk, at, end, TRUE, syntax, depth + 1);
}

/* Whether an element of defined length is a sequence. Implicit ones do not say: what begins as one is one. */
static gboolean
is_sequence (const Element *element, const guint8 *value, SagDicomSyntax syntax)
{
  guint32 tag;

  if (element->vr[0] != '\0' || element->length < 4)
    return strcmp (element->vr, "SQ") == 0;
  tag = TAG (get16 (value, syntax), get16 (value + 2, syntax));
  return tag == TAG_ITEM || tag == TAG_SEQUENCE_END;
}

/* Goes over one element's value, and into it where it is a sequence. */
static gboolean
walk_value (
  Walk *walk, gsize *at, gsize end, const Element *element, SagDicomSyntax syntax, int depth)
{
  gsize         value = *at + element->n_head, n_have;
  const guint8 *bytes;

  *at = value;
  if (element->length == UNDEFINED)
    return walk_open (walk, at, end, element, syntax, depth);
  if (element->length > end - value || value + element->length > MAX_HEADER_BYTES)
    return fail_cut (walk);
  bytes = sag_dicom_input_want (walk->input, value + element->length, &n_have);
  if (n_have < value + element->length)
    return fail_cut (walk);
  *at = value + element->length;
  return !is_sequence (element, bytes + value, syntax) ||
         walk_items (walk, &value, *at, FALSE, syntax, depth + 1);
}

/* Elements of an item, or of the data set at depth 0, which stops before the pixels. */
static gboolean
walk_elements (
  Walk *walk, gsize *at, gsize end, gboolean to_delimiter, SagDicomSyntax syntax, int depth)
{
  Element element;
  int     found;

  while ((found = read_element (walk, *at, end, syntax, &element)) == 1)
    {
      if (depth > 0 && element.tag == TAG_ITEM_END && to_delimiter)
        {
          *at += element.n_head;
          return TRUE;
        }
      if (element.tag >> 16 == 0xfffe)
        return fail (walk->error, SAG_ERROR_FORMAT,
                     "is damaged: a sequence of its header ends where none began. Fetch it again.");
      if (depth == 0 && element.tag == TAG_PIXELS)
        {
          note_pixels (walk, &element, *at + element.n_head);
          return TRUE;
        }
      if (!walk_value (walk, at, end, &element, syntax, depth))
        return FALSE;
    }
  if (found == 0 && to_delimiter)
    return fail_cut (walk);
  return found == 0;
}

static gboolean
walk_items (
  Walk *walk, gsize *at, gsize end, gboolean to_delimiter, SagDicomSyntax syntax, int depth)
{
  Element element;
  int     found;

  if (depth > MAX_DEPTH)
    return fail (walk->error, SAG_ERROR_FORMAT,
                 "is damaged: the sequences of its header have no end. Fetch it again.");
  while ((found = read_element (walk, *at, end, syntax, &element)) == 1)
    {
      *at += element.n_head;
      if (element.tag == TAG_SEQUENCE_END && to_delimiter)
        return TRUE;
      if (element.tag != TAG_ITEM)
        return fail (walk->error, SAG_ERROR_FORMAT,
                     "is damaged: a sequence of its header is broken. Fetch it again.");
      if (element.length == UNDEFINED)
        {
          if (!walk_elements (walk, at, end, TRUE, syntax, depth))
            return FALSE;
        }
      else
        {
          gsize inner = *at;

          if (element.length > end - *at)
            return fail_cut (walk);
          *at += element.length;
          if (!walk_elements (walk, &inner, *at, FALSE, syntax, depth))
            return FALSE;
        }
    }
  if (found == 0 && to_delimiter)
    return fail_cut (walk);
  return found == 0;
}

gboolean
sag_dicom_looks_like (const guint8 *head, gsize n_head)
{
  guint group, element;

  if (n_head >= PREAMBLE + 4 && memcmp (head + PREAMBLE, "DICM", 4) == 0)
    return TRUE;
  if (n_head < 16)
    return FALSE;
  /* Without a preamble: a low group, and a plausible first element. */
  group = get16 (head, SAG_DICOM_IMPLICIT);
  element = get16 (head + 2, SAG_DICOM_IMPLICIT);
  if ((group != 2 && group != 8) || element > 0x60)
    return FALSE;
  if (g_ascii_isupper (head[4]) && g_ascii_isupper (head[5]))
    return get16 (head + 6, SAG_DICOM_IMPLICIT) <= 1024;
  return group == 8 && get32 (head + 4, SAG_DICOM_IMPLICIT) <= 1024;
}

static void
set_codec (SagDicomLayout *layout)
{
  const char *uid = layout->transfer_syntax;
  const char *jpeg = "1.2.840.10008.1.2.4.";
  int         last;

  layout->syntax = SAG_DICOM_EXPLICIT;
  layout->codec = SAG_DICOM_NATIVE;
  if (strcmp (uid, "1.2.840.10008.1.2") == 0)
    layout->syntax = SAG_DICOM_IMPLICIT;
  else if (strcmp (uid, "1.2.840.10008.1.2.2") == 0)
    layout->syntax = SAG_DICOM_BIG_ENDIAN;
  else if (strcmp (uid, "1.2.840.10008.1.2.5") == 0)
    layout->codec = SAG_DICOM_RLE;
  else if (g_str_has_prefix (uid, jpeg))
    {
      last = atoi (uid + strlen (jpeg));
      layout->codec = last >= 50 && last <= 70   ? SAG_DICOM_JPEG
                      : last == 80 || last == 81 ? SAG_DICOM_JPEG_LS
                      : last >= 90 && last <= 93 ? SAG_DICOM_JPEG_2000
                                                 : SAG_DICOM_OTHER_CODEC;
    }
}

/* The meta header is explicit, little endian; leaves *@at behind it. */
static gboolean
read_meta (Walk *walk, gsize *at)
{
  Element element;
  int     found;

  while ((found = read_element (walk, *at, META_LIMIT, SAG_DICOM_EXPLICIT, &element)) == 1 &&
         element.tag >> 16 == 2)
    {
      gsize         value = *at + element.n_head, n_have;
      const guint8 *bytes;

      if (element.length > META_LIMIT - MIN (value, META_LIMIT))
        return fail_cut (walk);
      bytes = sag_dicom_input_want (walk->input, value + element.length, &n_have);
      if (n_have < value + element.length)
        return fail_cut (walk);
      if (element.tag == TAG_TRANSFER_SYNTAX)
        {
          memcpy (walk->layout->transfer_syntax, bytes + value, MIN (element.length, 64));
          walk->layout->transfer_syntax[MIN (element.length, 64)] = '\0';
          g_strchomp (walk->layout->transfer_syntax);
        }
      *at = value + element.length;
    }
  if (found < 0)
    {
      /* What follows need not be explicit; the next walk will say. */
      g_clear_error (walk->error);
      return TRUE;
    }
  return found == 1 || fail_cut (walk);
}

/* No transfer syntax is named: the first element tells. */
static SagDicomSyntax
guess_syntax (const guint8 *bytes, gsize n)
{
  if (n >= 6 && bytes[0] == 0 && bytes[1] != 0)
    return SAG_DICOM_BIG_ENDIAN;
  return n >= 6 && g_ascii_isupper (bytes[4]) && g_ascii_isupper (bytes[5]) ? SAG_DICOM_EXPLICIT
                                                                            : SAG_DICOM_IMPLICIT;
}

gboolean
sag_dicom_layout_read (SagDicomInput *input, SagDicomLayout *layout, GError **error)
{
  g_autoptr (GError) problem = NULL;
  Walk          walk = { input, SAG_DICOM_EXPLICIT, layout, &problem };
  gsize         n_have, at = 0;
  const guint8 *bytes = sag_dicom_input_want (input, PREAMBLE + 4, &n_have);
  gboolean      done;

  *layout = (SagDicomLayout){ 0 };
  if (n_have >= PREAMBLE + 4 && memcmp (bytes + PREAMBLE, "DICM", 4) == 0)
    at = PREAMBLE + 4;
  if (!read_meta (&walk, &at))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  set_codec (layout);
  if (strcmp (layout->transfer_syntax, "1.2.840.10008.1.2.1.99") == 0 &&
      !sag_dicom_input_inflate (input, at, error))
    return FALSE;
  bytes = sag_dicom_input_want (input, at + 16, &n_have);
  if (layout->transfer_syntax[0] == '\0')
    layout->syntax = guess_syntax (bytes + MIN (at, n_have), n_have - MIN (at, n_have));
  layout->data_offset = at;
  walk.syntax = layout->syntax;
  done = walk_elements (&walk, &at, NO_END, FALSE, layout->syntax, 0);
  layout->pixel_offset = at;
  if (!done)
    g_propagate_error (error, g_steal_pointer (&problem));
  return done;
}

/* One frame of many: by a fragment each, else by where code streams begin (JPEG's and JPEG 2000's SOI and SOC). */
static gboolean
begins_stream (const guint8 *bytes, gsize n)
{
  return n >= 2 && bytes[0] == 0xff && (bytes[1] == 0xd8 || bytes[1] == 0x4f);
}

struct _SagDicomFragments
{
  GArray *starts;
  GArray *lengths;
  GArray *frames; /* of each item; -1: none's */
};

SagDicomFragments *
sag_dicom_fragments_new (const guint8 *bytes, gsize n_bytes, int n_frames)
{
  SagDicomFragments *table = g_new (SagDicomFragments, 1);
  int                current = -1;

  table->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  table->lengths = g_array_new (FALSE, FALSE, sizeof (gsize));
  table->frames = g_array_new (FALSE, FALSE, sizeof (int));
  for (gsize at = 0; at + 8 <= n_bytes;)
    {
      const guint32 tag =
        TAG (get16 (bytes + at, SAG_DICOM_EXPLICIT), get16 (bytes + at + 2, SAG_DICOM_EXPLICIT));
      gsize length = get32 (bytes + at + 4, SAG_DICOM_EXPLICIT), start = at + 8;

      if (tag != TAG_ITEM)
        break;
      length = MIN (length, n_bytes - start); /* a file that was cut: what there is */
      g_array_append_val (table->starts, start);
      g_array_append_val (table->lengths, length);
      at = start + length;
    }
  /* The first item is the table of offsets; it is often empty, and never needed. */
  for (guint i = 0; i < table->starts->len; i++)
    {
      if (i > 0 && (table->starts->len - 1 == (guint) n_frames || n_frames == 1))
        current = n_frames == 1 ? 0 : (int) i - 1;
      else if (i > 0 && begins_stream (bytes + g_array_index (table->starts, gsize, i),
                                       g_array_index (table->lengths, gsize, i)))
        current++;
      g_array_append_val (table->frames, current);
    }
  return table;
}

void
sag_dicom_fragments_free (SagDicomFragments *table)
{
  if (table == NULL)
    return;
  g_array_unref (table->starts);
  g_array_unref (table->lengths);
  g_array_unref (table->frames);
  g_free (table);
}

/* The first item of @frame: numbers of frames only rise. */
static guint
find_item (const SagDicomFragments *table, int frame)
{
  guint low = 0, high = table->frames->len;

  while (low < high)
    {
      const guint middle = (low + high) / 2;

      if (g_array_index (table->frames, int, middle) < frame)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

GByteArray *
sag_dicom_fragments_dup_frame (const SagDicomFragments *table, const guint8 *bytes, int frame)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (guint i = find_item (table, frame);
       i < table->frames->len && g_array_index (table->frames, int, i) == frame; i++)
    g_byte_array_append (out, bytes + g_array_index (table->starts, gsize, i),
                         (guint) g_array_index (table->lengths, gsize, i));
  return out->len > 0 ? g_steal_pointer (&out) : NULL;
}
