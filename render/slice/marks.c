/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/marks.h"

#include "render/slice/page.h"

#include <math.h>
#include <string.h>

#define LETTER_PX 13.0

/* A note is to be read to its end; one that would be longer than a few lines is written briefly. */
#define FEW_LINES 3
#define NOTE_LINES 6

/* Of a map's colours. */
#define STRIP_WIDTH 72.0
#define STRIP_MIN_WIDTH 24.0

/* The most that a readout takes in its corner, with the margin. */
#define READOUT_WIDTH 170.0
#define READOUT_HEIGHT 60.0

static const SagRenderInk letter_ink = { 0xffffff, 0.95 };
static const SagRenderInk cross_ink = { 0x62a0ea, 0.7 };

static void
draw_letters (SagRenderPage *page, const SagRenderSlice *slice)
{
  char letters[5];

  if (page->width < 3 * LETTER_PX || page->height < 3 * LETTER_PX)
    return;
  sag_render_slice_letters (slice, letters);
  for (int i = 0; i < 4; i++)
    {
      const char text[2] = { letters[i], '\0' };
      g_autoptr (PangoLayout) layout = sag_render_text_new (page->cr, text, LETTER_PX, TRUE, -1, 1);
      double width, height, x, y;

      sag_render_text_size (layout, &width, &height);
      x = i == 0   ? SAG_RENDER_MARGIN / 2 + 1
          : i == 1 ? page->width - SAG_RENDER_MARGIN / 2 - 1 - width
                   : (page->width - width) / 2;
      y = i == 2   ? SAG_RENDER_MARGIN / 2
          : i == 3 ? page->height - SAG_RENDER_MARGIN / 2 - height
                   : (page->height - height) / 2;
      sag_render_text_show (page->cr, layout, x, y, letter_ink, TRUE);
      sag_render_page_take (page, x - 6, y - 2, width + 12, height + 4);
    }
}

/* One logical pixel wide lines from edge to edge, open in the middle so that the point itself
 * can be seen. */
static void
draw_cross (SagRenderPage *page, const SagRenderSlice *slice, const double ras_mm[3])
{
  double gap = MIN (10, MIN (page->width, page->height) / 10);
  double x, y;

  sag_render_slice_from_ras (slice, ras_mm, &x, &y);
  x = sag_render_page_crisp (page, x);
  y = sag_render_page_crisp (page, y);
  cairo_set_line_width (page->cr, MAX (1, floor (page->scale)) / page->scale);
  sag_render_set_ink (page->cr, cross_ink);
  cairo_move_to (page->cr, 0, y);
  cairo_line_to (page->cr, MIN (x - gap, page->width), y);
  cairo_move_to (page->cr, MAX (x + gap, 0), y);
  cairo_line_to (page->cr, page->width, y);
  cairo_move_to (page->cr, x, 0);
  cairo_line_to (page->cr, x, MIN (y - gap, page->height));
  cairo_move_to (page->cr, x, MAX (y + gap, 0));
  cairo_line_to (page->cr, x, page->height);
  cairo_stroke (page->cr);
}

/* The voxel under a point; FALSE outside the volume. */
static gboolean
voxel_at (const SagVolume *volume, const double ras_mm[3], int voxel[3])
{
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  double             ras_to_ijk[3][4], ijk[3];

  if (!sag_geometry_invert (geometry, ras_to_ijk))
    return FALSE;
  sag_geometry_apply (ras_to_ijk, ras_mm, ijk);
  for (int a = 0; a < 3; a++)
    {
      if (!(ijk[a] >= -0.5 && ijk[a] < geometry->dims[a] - 0.5))
        return FALSE;
      voxel[a] = (int) (ijk[a] + 0.5);
    }
  return TRUE;
}

static void
write_readout (SagRenderPage *page, const SagRenderFrame *frame, const SagRenderMarks *marks)
{
  g_autofree char *point = sag_render_format_point (marks->readout_ras_mm);
  g_autofree char *place = g_strdup_printf ("%s mm", point);
  double           used = 0;
  int              voxel[3];
  gboolean         is_inside = voxel_at (frame->volume, marks->readout_ras_mm, voxel);

  if (is_inside)
    {
      float            value = sag_volume_value (frame->volume, voxel[0], voxel[1], voxel[2]);
      g_autofree char *number = sag_render_format (value, value == floorf (value) ? 0 : 1);
      g_autofree char *text =
        g_strdup_printf ("%s %s", number, marks->readout_unit ? marks->readout_unit : "HU");

      sag_render_corner_text (page, SAG_RENDER_TOP_LEFT, text, FALSE, 0, &used);
    }
  sag_render_corner_text (page, SAG_RENDER_TOP_LEFT, place, FALSE, 0, &used);
  if (is_inside && marks->readout_voxel)
    {
      g_autofree char *text = g_strdup_printf ("[%d %d %d]", voxel[0], voxel[1], voxel[2]);

      sag_render_corner_text (page, SAG_RENDER_TOP_LEFT, text, FALSE, 0, &used);
    }
}

static const SagRenderWords no_words;

static const char *
word (const char *translated, const char *english)
{
  return translated != NULL ? translated : english;
}

static char *
window_text (const SagRenderFrame *frame, const SagRenderWords *words)
{
  const SagRenderPreset *preset = sag_render_preset_of (&frame->window);
  const char            *name = preset != NULL ? word (words->preset, preset->name) : NULL;
  g_autofree char       *width = sag_render_format (frame->window.width, 0);
  g_autofree char       *level = sag_render_format (frame->window.level, 0);

  return g_strdup_printf ("%s%sW %s  L %s", name ? name : "", name ? "  " : "", width, level);
}

static char *
slab_text (const SagRenderFrame *frame, const SagRenderWords *words)
{
  static const char *const slabs[] = { NULL, "MIP", "MinIP", "mean" };
  g_autofree char         *thickness =
    sag_render_format (frame->slab_mm, frame->slab_mm == floor (frame->slab_mm) ? 0 : 1);

  return g_strdup_printf ("%s %s mm", word (words->slabs[frame->slab], slabs[frame->slab]),
                          thickness);
}

/* Number, plane and distance of the slices; the last two are left out where there is no room. */
static void
write_number (SagRenderPage        *page,
              const SagRenderSlice *slice,
              const SagRenderWords *words,
              double               *used)
{
  const char      *plane = word (words->planes[slice->plane], sag_render_plane_name (slice->plane));
  double           apart_mm = 0;
  g_autofree char *apart = NULL, *number = NULL;

  for (int c = 0; c < 3; c++)
    apart_mm += slice->canonical.ijk_to_ras[c][slice->axis[2]] * slice->normal[c];
  apart = sag_render_format (fabs (apart_mm), 2);
  for (int parts = 3; parts > 0; parts--)
    {
      g_free (number);
      number = g_strdup_printf ("%s%s%d/%d%s%s%s%s", parts > 1 ? plane : "", parts > 1 ? " " : "",
                                slice->index + 1, slice->n_slices, parts > 2 ? ", " : "",
                                parts > 2 ? apart : "", parts > 2 ? " mm " : "",
                                parts > 2 ? word (words->apart, "apart") : "");
      if (sag_render_corner_text (page, SAG_RENDER_BOTTOM_LEFT, number, FALSE, 0, used))
        return;
    }
}

/* From the bottom up: window, slab, position, slice. */
static void
write_position (SagRenderPage        *page,
                const SagRenderFrame *frame,
                const SagRenderSlice *slice,
                const SagRenderWords *words)
{
  g_autofree char *window = window_text (frame, words);
  g_autofree char *mm = NULL, *position = NULL;
  double           middle[3], used = 0;

  sag_render_slice_to_ras (slice, page->width / 2, page->height / 2, middle);
  mm = sag_render_format (middle[slice->axis[2]], 1);
  position = g_strdup_printf ("%c %s mm", "xyz"[slice->axis[2]], mm);
  sag_render_corner_text (page, SAG_RENDER_BOTTOM_LEFT, window, FALSE, 0, &used);
  if (frame->slab != SAG_RENDER_SLAB_NONE && frame->slab_mm > 0)
    {
      g_autofree char *slab = slab_text (frame, words);

      sag_render_corner_text (page, SAG_RENDER_BOTTOM_LEFT, slab, FALSE, 0, &used);
    }
  sag_render_corner_text (page, SAG_RENDER_BOTTOM_LEFT, position, FALSE, 0, &used);
  write_number (page, slice, words, &used);
}

/* The longest of 1, 2, 5, 10 ... mm that is at most a fifth of the view and 140 pixels. */
static void
draw_scale_bar (SagRenderPage *page, const SagRenderSlice *slice, double *used)
{
  double           pixel_mm = slice->scale * sqrt (slice->right_mm[0] * slice->right_mm[0] +
                                                   slice->right_mm[1] * slice->right_mm[1] +
                                                   slice->right_mm[2] * slice->right_mm[2]);
  double           limit_mm = MIN (140, page->width / 5) * pixel_mm;
  double           power = pow (10, floor (log10 (limit_mm)));
  double           length_mm = power * (limit_mm >= 5 * power ? 5 : limit_mm >= 2 * power ? 2 : 1);
  double           length = length_mm / pixel_mm, room_width, room_height, x, y;
  g_autofree char *number = sag_render_format (length_mm, length_mm < 1 ? 2 : 0);
  g_autofree char *text = g_strdup_printf ("%s mm", number);

  sag_render_corner_room (page, &room_width, &room_height);
  if (length < 24 || room_width < SAG_RENDER_MIN_TEXT_WIDTH || *used + 24 > room_height)
    return;
  x = page->width - SAG_RENDER_MARGIN - length;
  y = page->height - SAG_RENDER_MARGIN - *used - 4;
  for (int pass = 0; pass < 2; pass++)
    {
      cairo_set_line_width (page->cr, pass ? 1.5 : 3.5);
      sag_render_set_ink (page->cr, pass ? sag_render_text_ink : (SagRenderInk){ 0, 0.6 });
      cairo_set_line_cap (page->cr, pass ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_SQUARE);
      cairo_move_to (page->cr, x + 0.75, y - 4);
      cairo_line_to (page->cr, x + 0.75, y);
      cairo_line_to (page->cr, x + length - 0.75, y);
      cairo_line_to (page->cr, x + length - 0.75, y - 4);
      cairo_stroke (page->cr);
    }
  sag_render_page_take (page, x, y - 5, length, 8);
  *used += 12;
  sag_render_corner_text (page, SAG_RENDER_BOTTOM_RIGHT, text, FALSE, 0, used);
}

static gboolean
fits (const SagRenderPage *page, const char *text, gboolean warning, int n_lines, double used)
{
  g_autoptr (PangoLayout) layout = sag_render_corner_layout (page, text, warning, n_lines, used);

  return layout != NULL && sag_render_text_is_whole (layout);
}

const char *
sag_render_note_words (const SagRenderPage *page, const SagRenderNote *note, double used)
{
  return note->brief == NULL || fits (page, note->text, note->warning, FEW_LINES, used)
           ? note->text
           : note->brief;
}

static void
write_note (SagRenderPage *page, const SagRenderNote *note, double *used)
{
  /* What the corner cannot hold whole may go across the view. */
  if (fits (page, note->text, note->warning, NOTE_LINES, *used) ||
      !sag_render_page_across (page, note->text, note->warning, used))
    sag_render_corner_text (page, SAG_RENDER_BOTTOM_RIGHT, note->text, note->warning, NOTE_LINES,
                            used);
}

/* Warnings first: where there is no room for all notes, they stay. */
static void
write_notes (SagRenderPage *page, const SagRenderMarks *marks, double *used)
{
  g_autofree SagRenderNote *kept = g_new (SagRenderNote, marks->n_notes);
  guint                     n_kept = 0;
  double                    planned = *used;

  for (int warnings = 1; warnings >= 0; warnings--)
    for (guint i = 0; i < marks->n_notes; i++)
      if (!marks->notes[i].warning == !warnings)
        {
          SagRenderNote note = marks->notes[i];
          g_autoptr (PangoLayout) layout = NULL;
          double width, height;

          note.text = sag_render_note_words (page, &note, planned);
          layout = sag_render_corner_layout (page, note.text, note.warning, NOTE_LINES, planned);
          if (layout != NULL)
            {
              sag_render_text_size (layout, &width, &height);
              planned += height + SAG_RENDER_LINE_GAP;
            }
          if (layout != NULL || note.warning)
            kept[n_kept++] = note;
        }
  while (n_kept-- > 0)
    write_note (page, &kept[n_kept], used);
  if (*used > 0)
    *used += 6;
}

/* A dot, the number and the task; below them the map's colours from its first to its last score. */
static gboolean
write_legend (SagRenderPage         *page,
              const SagRenderLegend *legend,
              const SagRenderWords  *words,
              double                *used)
{
  const double     dot = 8, gap = 6;
  double           room_width, room_height, width, height, x, y, strip_width;
  g_autofree char *text = g_strdup_printf ("%s%s%s", legend->number ? legend->number : "",
                                           legend->number ? "  " : "", legend->text);
  g_autoptr (PangoLayout) layout = NULL;

  sag_render_corner_room (page, &room_width, &room_height);
  if (room_width - dot - gap < SAG_RENDER_MIN_TEXT_WIDTH)
    return FALSE;
  layout =
    sag_render_text_new (page->cr, text, SAG_RENDER_TEXT_PX, FALSE, room_width - dot - gap, 2);
  sag_render_text_size (layout, &width, &height);
  if (*used + height > room_height)
    return FALSE;
  x = sag_render_corner_x (page, SAG_RENDER_TOP_RIGHT, width);
  y = sag_render_corner_y (page, SAG_RENDER_TOP_RIGHT, *used, height);
  cairo_arc (page->cr, x - gap - dot / 2, y + SAG_RENDER_TEXT_PX * 0.62, dot / 2, 0, 2 * G_PI);
  sag_render_set_ink (page->cr, (SagRenderInk){ legend->colour, 1 });
  cairo_fill (page->cr);
  sag_render_text_show (page->cr, layout, x, y, sag_render_text_ink, TRUE);
  sag_render_page_take (page, x - gap - dot, y, width + gap + dot, height);
  *used += height + SAG_RENDER_LINE_GAP;
  if (legend->scale == NULL)
    return TRUE;

  g_autofree char *first = sag_render_format (sag_render_scale_first (legend->scale), 2);
  g_autofree char *last = sag_render_format (sag_render_scale_last (legend->scale), 2);
  g_autofree char *range =
    g_strdup_printf ("%s %s %s %s", legend->values ? legend->values : word (words->score, "score"),
                     first, word (words->to, "to"), last);
  g_autoptr (PangoLayout) small =
    sag_render_text_new (page->cr, range, SAG_RENDER_TEXT_PX, FALSE, -1, 1);

  sag_render_text_size (small, &width, &height);
  strip_width = MIN (STRIP_WIDTH, room_width - width - gap);
  if (*used + height > room_height || strip_width < STRIP_MIN_WIDTH)
    return TRUE;
  x = sag_render_corner_x (page, SAG_RENDER_TOP_RIGHT, width);
  y = sag_render_corner_y (page, SAG_RENDER_TOP_RIGHT, *used, height);
  sag_render_strip (page->cr, legend->scale, x - gap - strip_width, y + height / 2 - 3.5,
                    strip_width, 7);
  sag_render_text_show (page->cr, small, x, y, sag_render_text_ink, TRUE);
  sag_render_page_take (page, x - gap - strip_width, y, width + gap + strip_width, height);
  *used += height + 3 * SAG_RENDER_LINE_GAP;
  return TRUE;
}

void
sag_render_marks_lay_out (cairo_t              *cr,
                          const SagRenderFrame *frame,
                          const SagRenderSlice *slice,
                          const SagRenderMarks *marks,
                          GArray               *taken)
{
  SagRenderPage         page = { cr, slice->width / slice->scale, slice->height / slice->scale,
                                 slice->scale, taken };
  const SagRenderWords *words = marks->words != NULL ? marks->words : &no_words;
  double                used = 0;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, slice->width, slice->height);
  cairo_clip (cr);
  cairo_scale (cr, slice->scale, slice->scale);
  if (frame->box != NULL)
    sag_render_page_box (&page, slice, frame->box);
  if (marks->cross)
    draw_cross (&page, slice, marks->cross_ras_mm);
  if (marks->letters)
    draw_letters (&page, slice);
  if (marks->readout)
    write_readout (&page, frame, marks);
  else if (marks->readout_room)
    sag_render_page_take (&page, 0, 0, READOUT_WIDTH, READOUT_HEIGHT);
  if (marks->position)
    write_position (&page, frame, slice, words);
  write_notes (&page, marks, &used);
  if (marks->scale_bar)
    draw_scale_bar (&page, slice, &used);
  used = 0;
  for (guint i = 0; i < marks->n_legend; i++)
    if (!write_legend (&page, &marks->legend[i], words, &used))
      break;
  if (frame->box != NULL)
    sag_render_page_box_words (&page, slice, frame->box,
                               marks->box_words ? marks->box_words : "not analysed");
  cairo_restore (cr);
}

void
sag_render_marks_draw (cairo_t              *cr,
                       const SagRenderFrame *frame,
                       const SagRenderSlice *slice,
                       const SagRenderMarks *marks)
{
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (SagRenderRect));

  sag_render_marks_lay_out (cr, frame, slice, marks, taken);
}
