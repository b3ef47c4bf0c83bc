/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/page.h"

#include "tests/render/slice/scene.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static float
air (const int ijk[3], gpointer user_data)
{
  return ijk[0] == 20 && ijk[1] == 30 && ijk[2] == 10 ? 53 : -2000;
}

static SagGeometry
grid (void)
{
  return sag_geometry_init ((const int32_t[]){ 96, 80, 32 }, (const double[]){ 3, 3, 8 },
                            (const double[]){ -150, -120, -600 });
}

static SagGeometry
box (void)
{
  return sag_geometry_init ((const int32_t[]){ 1, 1, 1 }, (const double[]){ 180, 150, 160 },
                            (const double[]){ 0, 0, -470 });
}

/* Everything that a view can carry. */
typedef struct
{
  SagRenderScale  scale;
  SagRenderLegend legend[2];
  SagRenderNote   notes[3];
  SagRenderMarks  marks;
} Full;

static void
fill (Full *full, const double at[3])
{
  full->scale = sag_render_scale_init (0);
  full->legend[0] = (SagRenderLegend){ 0xe69f00, "Diagnose the presence of pleural effusion.",
                                       "0.91", &full->scale };
  full->legend[1] =
    (SagRenderLegend){ 0x56b4e9, "Segment <b>lungs</b> & \303\244ther\n\377 in the image.", NULL,
                       NULL };
  full->notes[0] =
    (SagRenderNote){ SAG_RENDER_NOTE_SYNTHETIC, TRUE, SAG_RENDER_NOTE_SYNTHETIC_BRIEF };
  full->notes[1] = (SagRenderNote){ SAG_RENDER_NOTE_UNTRAINED, TRUE, NULL };
  full->notes[2] = (SagRenderNote){ SAG_RENDER_NOTE_RESEARCH, FALSE, NULL };
  full->marks = (SagRenderMarks){
    .letters = TRUE,
    .position = TRUE,
    .scale_bar = TRUE,
    .cross = TRUE,
    .readout = TRUE,
    .legend = full->legend,
    .n_legend = 2,
    .notes = full->notes,
    .n_notes = 3,
  };
  for (int c = 0; c < 3; c++)
    full->marks.cross_ras_mm[c] = full->marks.readout_ras_mm[c] = at[c];
}

static cairo_surface_t *
surface_of (const SagRenderSlice *slice)
{
  return cairo_image_surface_create (CAIRO_FORMAT_ARGB32, slice->width, slice->height);
}

/* At every size from a thumbnail up: nothing leaves the view, nothing lies over anything else. */
static void
test_no_overlap (void)
{
  SagGeometry canonical = grid (), analysed = box ();
  g_autoptr (SagVolume) volume = scene_new (&canonical, 17, SAG_SCALAR_INT16, air, NULL);
  SagRenderFrame frame = sag_render_frame_init (volume);
  guint          most = 0;

  frame.box = &analysed;
  frame.slab = SAG_RENDER_SLAB_MAXIMUM;
  frame.slab_mm = 12.5;
  for (int step = 0; step < 60; step++)
    {
      int           width = 16 + step * 17 % 700, height = 16 + step * 29 % 500;
      SagRenderView view = scene_view (&canonical, step % 3, width, height, 1, step % 2 ? 2 : 1);
      g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (SagRenderRect));
      cairo_surface_t *surface;
      SagRenderSlice   slice;
      cairo_t         *cr;
      Full             full;

      sag_render_view_fit (&view, &canonical, 4);
      fill (&full, view.centre_ras_mm);
      g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
      surface = surface_of (&slice);
      cr = cairo_create (surface);
      sag_render_marks_lay_out (cr, &frame, &slice, &full.marks, taken);
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
      most = MAX (most, taken->len);
      for (guint i = 0; i < taken->len; i++)
        {
          const SagRenderRect *a = &g_array_index (taken, SagRenderRect, i);

          if (a->x < -6 || a->y < -2 || a->x + a->width > width + 6 ||
              a->y + a->height > height + 2)
            g_error ("%d x %d: rectangle %u leaves the view", width, height, i);
          for (guint j = 0; j < i; j++)
            {
              const SagRenderRect *b = &g_array_index (taken, SagRenderRect, j);

              if (a->x < b->x + b->width - 0.01 && b->x < a->x + a->width - 0.01 &&
                  a->y < b->y + b->height - 0.01 && b->y < a->y + a->height - 0.01)
                g_error ("%d x %d: rectangles %u and %u overlap", width, height, i, j);
            }
        }
    }
  /* 4 letters, 2 of the readout, 4 of the position, bar and its length, 3 notes, 3 of the
   * legend, the box's words */
  g_assert_cmpuint (most, ==, 19);
}

/* What a view must say it says to the end, in whole words, however narrow it is and in whatever language. */
static void
test_brief_notes (void)
{
  static const SagRenderNote notes[] = {
    { SAG_RENDER_NOTE_SYNTHETIC, TRUE, SAG_RENDER_NOTE_SYNTHETIC_BRIEF },
    { SAG_RENDER_NOTE_UNTRAINED, TRUE, SAG_RENDER_NOTE_UNTRAINED_BRIEF },
    { "Demonstrationsmodell, an synthetischen Scans trainiert", TRUE, "Synthetisches Demo-Modell" },
  };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 8, 8);
  cairo_t         *cr = cairo_create (surface);

  for (guint n = 0; n < G_N_ELEMENTS (notes); n++)
    for (int width = 240; width < 1000; width += 20)
      {
        const SagRenderPage page = { cr, width, 400, 1, NULL };
        const char         *words = sag_render_note_words (&page, &notes[n], 0);
        g_autoptr (PangoLayout) layout = sag_render_corner_layout (&page, words, TRUE, 6, 0);

        g_assert_nonnull (layout);
        g_assert_false (pango_layout_is_ellipsized (layout));
        g_assert_cmpint (pango_layout_get_line_count (layout), <=, 3);
        g_assert_cmpstr (words, ==,
                         width > 600   ? notes[n].text
                         : width < 280 ? notes[n].brief
                                       : words);
      }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* Where not even the brief form fits into the corner, it goes across the view, over letters and numbers. */
static void
test_across (void)
{
  SagGeometry canonical = grid ();
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, air, NULL);
  SagRenderFrame      frame = sag_render_frame_init (volume);
  const SagRenderNote note = { "Demonstrationsmodell, an synthetischen Scans trainiert", TRUE,
                               "Synthetisches Demo-Modell" };

  for (int width = 150; width < 260; width += 10)
    {
      SagRenderView  view = scene_view (&canonical, SAG_RENDER_AXIAL, width, 220, 2, 1);
      SagRenderMarks marks = {
        .letters = TRUE, .position = TRUE, .scale_bar = TRUE, .notes = &note, .n_notes = 1
      };
      g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (SagRenderRect));
      double           widest = 0;
      SagRenderSlice   slice;
      cairo_surface_t *surface;
      cairo_t         *cr;

      sag_render_view_fit (&view, &canonical, 4);
      g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
      surface = surface_of (&slice);
      cr = cairo_create (surface);
      sag_render_marks_lay_out (cr, &frame, &slice, &marks, taken);
      for (guint t = 0; t < taken->len; t++)
        widest = MAX (widest, g_array_index (taken, SagRenderRect, t).width);
      /* The longest of the words, and the triangle. */
      g_assert_cmpfloat (widest, >, 70 + 16);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
}

/* Without a brief form the sentence itself is written in as many lines as there is room for. */
static void
test_long_note (void)
{
  const SagRenderNote note = { "A sentence of many words about something that has no short name.",
                               FALSE, NULL };
  cairo_surface_t    *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 8, 8);
  cairo_t            *cr = cairo_create (surface);
  const SagRenderPage page = { cr, 300, 400, 1, NULL };
  g_autoptr (PangoLayout) layout = NULL;

  g_assert_cmpstr (sag_render_note_words (&page, &note, 0), ==, note.text);
  layout = sag_render_corner_layout (&page, note.text, FALSE, 6, 0);
  g_assert_false (pango_layout_is_ellipsized (layout));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* A thumbnail keeps the image: letters only where they leave it to be seen. */
static void
test_small (void)
{
  SagGeometry canonical = grid ();
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, air, NULL);
  SagRenderFrame frame = sag_render_frame_init (volume);
  const int      sizes[] = { 16, 38, 39, 64 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      SagRenderView view = scene_view (&canonical, SAG_RENDER_AXIAL, sizes[i], sizes[i], 5, 1);
      g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (SagRenderRect));
      cairo_surface_t *surface;
      SagRenderSlice   slice;
      cairo_t         *cr;
      Full             full;

      fill (&full, view.centre_ras_mm);
      g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
      surface = surface_of (&slice);
      cr = cairo_create (surface);
      sag_render_marks_lay_out (cr, &frame, &slice, &full.marks, taken);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
      g_assert_cmpuint (taken->len, ==, sizes[i] < 39 ? 0 : 4);
    }
}

static guint32
pixel_at (cairo_surface_t *surface, int x, int y)
{
  cairo_surface_flush (surface);
  return *(const guint32 *) (cairo_image_surface_get_data (surface) +
                             y * cairo_image_surface_get_stride (surface) + x * 4);
}

/* The cross marks the point to the pixel and leaves the point itself open; the box's line is at
 * the box. */
static void
test_cross_and_box (void)
{
  SagGeometry canonical = grid (), analysed = box ();
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, air, NULL);
  SagRenderFrame frame = sag_render_frame_init (volume);

  for (int scale = 1; scale <= 2; scale++)
    {
      SagRenderView    view = scene_view (&canonical, SAG_RENDER_AXIAL, 300, 260, 1, scale);
      SagRenderMarks   marks = { .cross = TRUE, .cross_ras_mm = { 31.3, -20.4, -470 } };
      cairo_surface_t *surface;
      SagRenderSlice   slice;
      cairo_t         *cr;
      double           x, y, dashes = 0;

      view.centre_ras_mm[0] = view.centre_ras_mm[1] = 0;
      g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
      sag_render_slice_from_ras (&slice, marks.cross_ras_mm, &x, &y);
      g_assert_cmpfloat (fabs (x - (150 - 31.3)), <, 1e-9);
      g_assert_cmpfloat (fabs (y - (130 + 20.4)), <, 1e-9);
      surface = surface_of (&slice);
      cr = cairo_create (surface);
      sag_render_marks_draw (cr, &frame, &slice, &marks);
      g_assert_cmphex (pixel_at (surface, 2, (int) (y * scale)) >> 24, >, 100);
      g_assert_cmphex (pixel_at (surface, 2, (int) (y * scale) - 2) >> 24, ==, 0);
      g_assert_cmphex (pixel_at (surface, 2, (int) (y * scale) + 2) >> 24, ==, 0);
      g_assert_cmphex (pixel_at (surface, (int) (x * scale), slice.height - 2) >> 24, >, 100);
      g_assert_cmphex (pixel_at (surface, (int) (x * scale), (int) (y * scale)) >> 24, ==, 0);
      g_assert_cmphex (pixel_at (surface, (int) (x * scale) + 5 * scale, (int) (y * scale)) >> 24,
                       ==, 0);

      /* The box spans R +-90, A +-75: its left edge is at x = 60. */
      marks.cross = FALSE;
      cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
      cairo_paint (cr);
      cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
      frame.box = &analysed;
      marks.box_words = " ";
      sag_render_marks_draw (cr, &frame, &slice, &marks);
      for (int row = 56 * scale; row < 204 * scale; row++)
        {
          dashes += (pixel_at (surface, 60 * scale, row) >> 24) / 153.0;
          g_assert_cmphex (pixel_at (surface, 60 * scale - 2 * scale, row) >> 24, ==, 0);
          g_assert_cmphex (pixel_at (surface, 60 * scale + 2 * scale, row) >> 24, ==, 0);
        }
      /* Half of 148 pixels, at 60 %. */
      g_assert_cmpfloat (fabs (dashes - 74 * scale), <, 5 * scale);
      frame.box = NULL;
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
}

/* Light text over white must still be seen: there is something dark around it. */
static void
test_halo (void)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 120, 24);
  cairo_t         *cr = cairo_create (surface);
  g_autoptr (PangoLayout) layout = sag_render_text_new (cr, "HU \342\210\222812", 11, FALSE, -1, 1);
  int n_dark = 0;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  sag_render_text_show (cr, layout, 4, 4, (SagRenderInk){ 0xffffff, 1 }, TRUE);
  for (int y = 0; y < 24; y++)
    for (int x = 0; x < 120; x++)
      n_dark += (pixel_at (surface, x, y) & 0xff) < 0x60;
  g_assert_cmpint (n_dark, >, 60);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_numbers (void)
{
  static const char *const locales[] = { "C", "de_DE.UTF-8", "tr_TR.UTF-8" };
  const struct
  {
    double      value;
    int         decimals;
    const char *text;
  } cases[] = {
    { 0, 0, "0" },
    { -0.04, 1, "0.0" },
    { -0.06, 1, "\342\210\2220.1" },
    { 12.44, 1, "12.4" },
    { -520.36, 1, "\342\210\222520.4" },
    { -812, 0, "\342\210\222812" },
    { 0.915, 2, "0.92" },
  };
  g_autofree char *before = g_strdup (setlocale (LC_ALL, NULL));

  for (guint l = 0; l < G_N_ELEMENTS (locales); l++)
    {
      if (setlocale (LC_ALL, locales[l]) == NULL)
        continue;
      for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
        {
          g_autofree char *text = sag_render_format (cases[i].value, cases[i].decimals);

          g_assert_cmpstr (text, ==, cases[i].text);
        }
    }
  setlocale (LC_ALL, before);
}

/* Text too long, not UTF-8, over several lines: it is shown as well as can be, and never wider
 * than it may be. */
static void
test_hostile_text (void)
{
  cairo_surface_t  *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 10, 10);
  cairo_t          *cr = cairo_create (surface);
  g_autofree char  *endless = g_strnfill (1000000, 'W');
  const char *const texts[] = { "", "\377\376", "a\nb\nc\r\nd", "<span", endless };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (int lines = 1; lines <= 3; lines++)
      {
        g_autoptr (PangoLayout) layout = sag_render_text_new (cr, texts[i], 11, FALSE, 80, lines);
        double width, height;

        sag_render_text_size (layout, &width, &height);
        g_assert_cmpfloat (width, <=, 80.01);
        g_assert_cmpfloat (height, <=, lines * 20);
        sag_render_text_show (cr, layout, 0, 0, (SagRenderInk){ 0xffffff, 1 }, TRUE);
      }
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/marks/brief-notes", test_brief_notes);
  g_test_add_func ("/render/marks/across", test_across);
  g_test_add_func ("/render/marks/long-note", test_long_note);
  g_test_add_func ("/render/marks/no-overlap", test_no_overlap);
  g_test_add_func ("/render/marks/small", test_small);
  g_test_add_func ("/render/marks/cross-and-box", test_cross_and_box);
  g_test_add_func ("/render/text/halo", test_halo);
  g_test_add_func ("/render/text/numbers", test_numbers);
  g_test_add_func ("/render/text/hostile", test_hostile_text);
  return g_test_run ();
}
